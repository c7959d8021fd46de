using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>
/// One value of an answer that is put together: texts that a model writes grow, lists grow or are merged by the <c>index</c> of their items, objects are merged, and of all else the last word counts that is not
/// null.
/// </summary>
internal sealed class JoinedValue
{
    private static readonly HashSet<string> Growing =
        ["content", "refusal", "reasoning", "reasoning_content", "name", "arguments", "partial_json", "input", "text", "summary", "thinking", "data", "transcript"];

    private readonly ArrayBufferWriter<byte> _raw = new(16);
    private readonly List<JoinedValue> _items = [];
    private JsonValueKind _kind = JsonValueKind.Null;

    public JoinedObject? Object { get; private set; }

    public IReadOnlyList<JoinedValue> Items => _items;

    /// <summary>The <c>index</c> it came with.</summary>
    public int Index { get; private set; }

    public void Merge(string name, JsonElement piece)
    {
        switch (piece.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return;
            case JsonValueKind.Object:
                (Object ??= new JoinedObject()).Merge(piece);
                break;
            case JsonValueKind.Array:
                foreach (var item in piece.EnumerateArray())
                    MergeItem(name, item);
                break;
            case JsonValueKind.String:
                MergeText(name, piece);
                break;
            default:
                Replace(JsonPieces.Raw(piece));
                break;
        }

        _kind = piece.ValueKind;
    }

    public void Write(PooledWriter output)
    {
        switch (_kind)
        {
            case JsonValueKind.Object:
                Object!.Write(output);
                break;
            case JsonValueKind.Array:
                WriteItems(output);
                break;
            case JsonValueKind.String:
                output.Append("\""u8);
                output.Append(_raw.WrittenSpan);
                output.Append("\""u8);
                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                output.Append("null"u8);
                break;
            default:
                output.Append(_raw.WrittenSpan);
                break;
        }
    }

    /// <summary>Writes the items of a list; of those that are objects without the member of this name.</summary>
    public void WriteItems(PooledWriter output, string? without = null)
    {
        output.Append("["u8);
        foreach (var item in _items.OrderBy(static item => item.Index))
        {
            output.Separate();
            if (item.Object is { } members)
                members.Write(output, without);
            else
                item.Write(output);
        }

        output.Append("]"u8);
    }

    private void MergeItem(string name, JsonElement item)
    {
        var index = item.Number("index"u8);
        var known = index is { } wanted ? _items.Find(other => other.Index == wanted) : null;
        if (known is null)
            _items.Add(known = new JoinedValue { Index = index ?? _items.Count });
        known.Merge(name, item);
    }

    /// <summary>As written, escapes kept, so that halves of a character in two pieces meet.</summary>
    private void MergeText(string name, JsonElement piece)
    {
        if (Growing.Contains(name))
            _raw.Write(JsonPieces.Inside(piece));
        else if (_raw.WrittenCount == 0 || JsonPieces.Inside(piece).Length > 0)
            Replace(JsonPieces.Inside(piece));
    }

    private void Replace(ReadOnlySpan<byte> raw)
    {
        _raw.ResetWrittenCount();
        _raw.Write(raw);
    }
}

/// <summary>An object put together from the pieces of it that chunks brought; members in the order in which they came first.</summary>
internal sealed class JoinedObject
{
    private readonly OrderedDictionary<string, JoinedValue> _members = [];

    public IEnumerable<KeyValuePair<string, JoinedValue>> Members => _members;

    public void Merge(JsonElement piece)
    {
        foreach (var member in piece.EnumerateObject())
        {
            var name = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member));
            if (!_members.TryGetValue(name, out var known))
                _members.Add(name, known = new JoinedValue());
            known.Merge(name, member.Value);
        }
    }

    public void Write(PooledWriter output, string? without = null)
    {
        output.Append("{"u8);
        foreach (var (name, value) in _members)
        {
            if (name == without)
                continue;
            output.AppendName(Encoding.UTF8.GetBytes(name));
            value.Write(output);
        }

        output.Append("}"u8);
    }
}
