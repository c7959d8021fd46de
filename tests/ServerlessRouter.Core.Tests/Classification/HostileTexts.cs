using System.Text;
using ServerlessRouter.Training.Rows;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

/// <summary>Texts that are not sent in good faith.</summary>
internal static class HostileTexts
{
    private const int Megabytes = 4 * 1024 * 1024;

    private const string Signs = "{}[]()<>\\\"'`$#*_=+-/|~^%&@!?;:,.";
    private const string Blanks = " \n\t\r\u2028\u00a0";

    private static readonly string[] Words = "translate summarize #### = sorry <<1+1=3>> 0/0 1e999 ```".Split(' ');
    private static readonly Dictionary<string, byte[]> Texts = Create();

    public static TheoryData<string> Names => new(Texts.Keys);

    public static byte[] Called(string name) => Texts[name];

    /// <summary>As strings, and some that no bytes of UTF-8 give: halves of surrogate pairs. The megabytes are cut where reading JSON would take longer than all the rest.</summary>
    public static IEnumerable<string> AllAsText() =>
        Texts.Values.Select(text => Encoding.UTF8.GetString(text.AsSpan(0, Math.Min(text.Length, 200_000)))).Append("\ud800").Append(new string('\udc00', 5000)).Append("a\ud83d b\ude00 \udbff\udbff");

    /// <summary>Some hundred characters of every kind: code units by lot, signs, digits, words, white space, repeated by lot.</summary>
    public static string ByLot(ref SeededRandom luck)
    {
        var text = new StringBuilder();
        for (var piece = luck.Below(40); piece >= 0; piece--)
        {
            var part = luck.Below(6) switch
            {
                0 => ((char)luck.Below(0x10000)).ToString(),
                1 => ((char)luck.Below(0x80)).ToString(),
                2 => Signs[luck.Below(Signs.Length)].ToString(),
                3 => luck.Next().ToString(System.Globalization.CultureInfo.InvariantCulture),
                4 => Words[luck.Below(Words.Length)],
                _ => Blanks[luck.Below(Blanks.Length)].ToString(),
            };
            for (var times = luck.Below(8) == 0 ? luck.Below(300) : 1; times > 0; times--)
                text.Append(part);
        }

        return text.ToString();
    }

    /// <summary>A JSON string of the text, every code unit that is not a plain ASCII character escaped, lone surrogates too.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (var unit in text)
        {
            if (unit is >= ' ' and < '\u007f' and not '"' and not '\\')
                quoted.Append(unit);
            else
                quoted.Append("\\u").Append(((int)unit).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
        }

        return quoted.Append('"').ToString();
    }

    private static Dictionary<string, byte[]> Create()
    {
        var texts = new Dictionary<string, byte[]>
        {
            { "empty", [] },
            { "nul", new byte[1000] },
            { "half a character", [0xe3, 0x81] },
            { "lone surrogates", Repeated([0xed, 0xa0, 0x80], 3000) },
            { "stray continuations", Repeated([0x80, 0xbf], 3000) },
            { "bytes UTF-8 never has", Repeated([0xff, 0xfe, 0xc0, 0xf8], 3000) },
            { "all bytes", Repeated(Enumerable.Range(0, 256).Select(value => (byte)value).ToArray(), 10_000) },
            { "control characters", Repeated([1, 2, 27, 127, 8], 3000) },
            { "combining marks", Repeated(Encoding.UTF8.GetBytes("e\u0301"), 10_000) },
            { "line separators", Repeated(Encoding.UTF8.GetBytes("a\u2028\r\n\u0085"), 10_000) },
            { "every script", EveryScript() },
            { "luck", Chance() },
        };
        foreach (var letter in " a0\n.\\{`'\"é日😀".EnumerateRunes())
            texts.Add($"megabytes of U+{letter.Value:X4}", Repeated(Encoding.UTF8.GetBytes(letter.ToString()), Megabytes));
        return texts;
    }

    private static byte[] Repeated(byte[] piece, int length)
    {
        var text = new byte[length];
        for (var place = 0; place < length; place++)
            text[place] = piece[place % piece.Length];
        return text;
    }

    private static byte[] EveryScript()
    {
        var text = new StringBuilder();
        for (var value = 0x20; value < 0x30000; value += 37)
        {
            if (Rune.IsValid(value))
                text.Append(new Rune(value)).Append(value % 5 == 0 ? " " : "");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Chance()
    {
        var luck = new SeededRandom(1);
        var text = new byte[20_000];
        for (var place = 0; place < text.Length; place++)
            text[place] = (byte)luck.Next();
        return text;
    }
}
