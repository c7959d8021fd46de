using System.Text.Json;

namespace ServerlessRouter.Chat;

/// <summary>The plugin by which a request asks for its answer to be healed, as OpenRouter has it: <c>plugins: [{ "id": "response-healing" }]</c>, unless <c>enabled</c> is false.</summary>
internal static class HealingPlugin
{
    /// <summary>Whether the request asks for healing.</summary>
    public static bool IsAsked(ChatRequest request) =>
        request.TryGetMember("plugins"u8, out var plugins) && plugins.Kind == JsonTokenType.StartArray && Read(plugins.Value.In(request.Bytes)).IsAsked;

    /// <summary>Every plugin of the list is this one, so that nothing is left for a vendor to do.</summary>
    public static bool IsAlone(ReadOnlySpan<byte> plugins) => Read(plugins).IsAlone;

    private static (bool IsAsked, bool IsAlone) Read(ReadOnlySpan<byte> plugins)
    {
        var reader = new Utf8JsonReader(plugins, new JsonReaderOptions { MaxDepth = ChatRequestScanner.MaxDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            return default;
        var (isAsked, count, others) = (false, 0, 0);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            var (isHealing, isEnabled) = ReadOne(ref reader);
            isAsked |= isHealing && isEnabled;
            others += isHealing ? 0 : 1;
        }

        return (isAsked, count > 0 && others == 0);
    }

    private static (bool IsHealing, bool IsEnabled) ReadOne(ref Utf8JsonReader reader)
    {
        var (isHealing, isEnabled) = (false, true);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return (false, false);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // As written: a name with broken escapes must not throw here.
            var (isId, isSwitch) = (reader.ValueSpan.SequenceEqual("id"u8), reader.ValueSpan.SequenceEqual("enabled"u8));
            reader.Read();
            isHealing |= isId && reader.TokenType == JsonTokenType.String && reader.ValueSpan.SequenceEqual("response-healing"u8);
            isEnabled &= !isSwitch || reader.TokenType != JsonTokenType.False;
            reader.Skip();
        }

        return (isHealing, isEnabled);
    }
}
