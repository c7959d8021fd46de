using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

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
