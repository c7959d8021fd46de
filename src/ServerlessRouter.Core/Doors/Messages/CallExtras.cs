using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>What vendors put beside a call and want back with it, such as Gemini's signatures of thought; answers carry it in a block of their own.</summary>
internal sealed class CallExtras
{
    private readonly Dictionary<string, JsonElement> _ofCall = new(StringComparer.Ordinal);

    public void Add(string call, JsonElement members)
    {
        if (members.ValueKind == JsonValueKind.Object)
            _ofCall[call] = members.Clone();
    }

    public void Write(Utf8JsonWriter writer, string call)
    {
        if (!_ofCall.TryGetValue(call, out var members))
            return;
        foreach (var member in members.EnumerateObject())
        {
            if (!member.NameEquals("extra_content"u8))
                continue;
            writer.WritePropertyName(member.Name);
            writer.WriteRawValue(ElementJson.Raw(member.Value), skipInputValidation: true);
        }
    }
}
