using System.Text;
using ServerlessRouter.Testing.Chance;

namespace ServerlessRouter.Core.Tests.Chat;

/// <summary>JSON documents of every shape, whole or with a few bytes changed; the same seed makes the same document.</summary>
internal sealed class MutatedJson
{
    private static readonly string[] Pieces =
    [
        "a", "plain text that is longer than one block of the reader, and goes on", "é", "naïve 😀", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude00", "\\ud800", "{", "]", ":", ",", " ",
    ];

    private static readonly string[] BadPieces = ["\\x", "\\u12g4", "\\u12", "\n", "\t", "\u0001", "\\"];
    private static readonly string[] Scalars = ["0", "-1", "12.5", "1e9", "-0.5E-3", "100000000000000000000", "true", "false", "null"];
    private static readonly string[] BadScalars = ["01", "-", "1.", ".5", "1e", "1e+", "+1", "tru", "nulL", "NaN", "1a", "/", "1/", "'x'", ""];
    private static readonly string[] Spaces = ["", "", "", " ", "\n", "\r\n\t "];

    private readonly SeededRandomSource _random;
    private readonly StringBuilder _text = new();

    private MutatedJson(int seed) => _random = new SeededRandomSource(seed);

    public static byte[] OfSeed(int seed)
    {
        var json = new MutatedJson(seed);
        json.AddValue(0);
        return json.Mutate(Encoding.UTF8.GetBytes(json._text.ToString()));
    }

    /// <summary>A chat request whose messages and further members are of any shape.</summary>
    public static byte[] ChatOfSeed(int seed)
    {
        var json = new MutatedJson(seed);
        json._text.Append("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":");
        json.AddString();
        json._text.Append("},{\"content\":[{\"type\":\"text\",\"text\":");
        json.AddString();
        json._text.Append("}],\"role\":\"assistant\",\"tool_calls\":");
        json.AddValue(0);
        json._text.Append("}],\"x\":");
        json.AddValue(0);
        json._text.Append('}');
        return json.Mutate(Encoding.UTF8.GetBytes(json._text.ToString()));
    }

    /// <summary>A request for embeddings whose input and further members are of any shape.</summary>
    public static byte[] EmbeddingsOfSeed(int seed)
    {
        var json = new MutatedJson(seed);
        json._text.Append("{\"model\":\"m\",\"input\":");
        json.AddInput();
        json.Add([",\"encoding_format\":\"base64\"", ",\"dimensions\":8", ",\"dimensions\":null,\"user\":7", ""]);
        json._text.Append(",\"x\":");
        json.AddValue(0);
        json._text.Append('}');
        return json.Mutate(Encoding.UTF8.GetBytes(json._text.ToString()));
    }

    private void AddInput()
    {
        switch (_random.Next(6))
        {
            case 0:
                AddString();
                break;
            case 1:
                AddAll('[', ']', AddString);
                break;
            case 2:
                AddIds();
                break;
            case 3:
                AddAll('[', ']', AddIds);
                break;
            default:
                AddValue(6);
                break;
        }
    }

    private void AddIds() => AddAll('[', ']', () => Add(OneIn(30) ? Scalars : ["0", "15", "100257", " 7"]));

    private void AddValue(int depth)
    {
        Add(Spaces);
        switch (_random.Next(depth > 9 ? 2 : 5))
        {
            case 0:
                Add(OneIn(60) ? BadScalars : Scalars);
                break;
            case 1:
                AddString();
                break;
            case 2:
                AddAll('[', ']', () => AddValue(depth + 1));
                break;
            default:
                AddAll('{', '}', () => AddMember(depth + 1));
                break;
        }

        Add(Spaces);
    }

    private void AddMember(int depth)
    {
        Add(Spaces);
        AddString();
        Add(Spaces);
        _text.Append(':');
        AddValue(depth);
    }

    private void AddAll(char open, char close, Action addOne)
    {
        _text.Append(open);
        for (var left = _random.Next(4); left > 0; left--)
        {
            addOne();
            if (left > 1 || OneIn(100))
                _text.Append(',');
        }

        _text.Append(close);
    }

    private void AddString()
    {
        _text.Append('"');
        for (var left = _random.Next(12); left > 0; left--)
            Add(OneIn(150) ? BadPieces : Pieces);
        _text.Append('"');
    }

    private byte[] Mutate(byte[] whole)
    {
        var bytes = new List<byte>(whole);
        for (var left = _random.Next(3); left > 0 && bytes.Count > 0; left--)
        {
            var place = _random.Next(bytes.Count);
            switch (_random.Next(4))
            {
                case 0:
                    bytes[place] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.Insert(place, (byte)"\"\\{}[],: 0-.eEtfnu\n"[_random.Next(19)]);
                    break;
                case 2:
                    bytes.RemoveAt(place);
                    break;
                default:
                    bytes.RemoveRange(place, bytes.Count - place);
                    break;
            }
        }

        return [.. bytes];
    }

    private void Add(string[] choices) => _text.Append(choices[_random.Next(choices.Length)]);

    private bool OneIn(int chances) => _random.Next(chances) == 0;
}
