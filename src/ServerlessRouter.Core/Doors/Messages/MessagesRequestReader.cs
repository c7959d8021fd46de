using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>
/// Writes a request of Anthropic's messages as a chat request: 1 model and limits, 2 tools, 3 system and messages, 4 sampling, 5 thinking and output, 6 who asks and how, 7 all else as it stands. docs/messages.md has a table of
/// the members.
/// </summary>
internal sealed class MessagesRequestReader(JsonElement request, Utf8JsonWriter writer, MessagesFaults faults)
{
    /// <summary>Written from others, or by the router itself: what chat completions have and messages have not.</summary>
    private static readonly HashSet<string> Refused = new(StringComparer.Ordinal)
    {
        "stop", "stream_options", "max_completion_tokens", "parallel_tool_calls", "functions", "function_call", "n", "response_format", "audio", "modalities",
    };

    private static readonly HashSet<string> Translated = new(StringComparer.Ordinal)
    {
        "model", "max_tokens", "messages", "system", "tools", "tool_choice", "stop_sequences", "temperature", "top_p", "top_k", "metadata", "thinking", "output_config", "output_format", "reasoning_effort",
        "service_tier", "stream", "anthropic_version", "anthropic_beta", "betas",
    };

    /// <summary>A request whose tokens are counted names no limit.</summary>
    public bool NeedsLimit { get; init; } = true;

    public void Read()
    {
        CheckMembers();
        writer.WriteStartObject();
        WriteModel();
        WriteMaxTokens();
        new MessagesToolsReader(request, writer, faults).Read();
        new MessagesTurnsReader(writer, faults).Read(Member("system"u8), Member("messages"u8));
        WriteSampling();
        new ThinkingReader(request, writer, faults).Read();
        WriteUser();
        WriteTierAndStream();
        WriteRest();
        writer.WriteEndObject();
    }

    private void CheckMembers()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in request.EnumerateObject())
        {
            if (!seen.Add(member.Name))
                faults.Add(member.Name, "Sent twice; send it once");
            else if (Refused.Contains(member.Name) && ElementJson.IsSent(member.Value))
                faults.Add(member.Name, "Extra inputs are not permitted");
        }
    }

    private void WriteModel()
    {
        var model = Member("model"u8);
        // The router's own list of models may stand for it.
        if (!ElementJson.IsSent(model) && Member("models"u8).ValueKind == JsonValueKind.Array)
            return;
        if (!faults.Expect(model, JsonValueKind.String, "model"))
            return;
        if (model.ValueEquals(""u8))
            faults.Add("model", "String should have at least 1 character");
        ElementJson.Copy(writer, "model"u8, model);
    }

    private void WriteMaxTokens()
    {
        const string Place = "max_tokens";
        var tokens = Member("max_tokens"u8);
        if (tokens.ValueKind == JsonValueKind.Undefined && !NeedsLimit)
            return;
        if (tokens.ValueKind == JsonValueKind.Undefined)
            faults.Add(Place, MessagesFaults.Required);
        else if (tokens.ValueKind != JsonValueKind.Number || !tokens.TryGetDouble(out var count) || count != Math.Floor(count))
            faults.Add(Place, MessagesFaults.NotCount);
        else if (count < 0)
            faults.Add(Place, "Input should be greater than or equal to 0");
        else
            writer.WriteNumber("max_tokens"u8, (int)Math.Clamp(count, 1, int.MaxValue));
    }

    private void WriteSampling()
    {
        foreach (var name in (ReadOnlySpan<string>)["temperature", "top_p", "top_k"])
        {
            request.TryGetProperty(name, out var value);
            if (!faults.ExpectIfSent(value, JsonValueKind.Number, name))
                continue;
            if (!value.TryGetDouble(out var number) || !double.IsFinite(number))
                faults.Add(name, "Input should be a finite number");
            writer.WritePropertyName(name);
            writer.WriteRawValue(ElementJson.Raw(value), skipInputValidation: true);
        }

        var stops = Member("stop_sequences"u8);
        if (!faults.ExpectIfSent(stops, JsonValueKind.Array, "stop_sequences") || stops.GetArrayLength() == 0)
            return;
        var place = 0;
        foreach (var stop in stops.EnumerateArray())
            faults.Expect(stop, JsonValueKind.String, $"stop_sequences.{place++}");
        ElementJson.Copy(writer, "stop"u8, stops);
    }

    /// <summary>Anthropic's <c>metadata.user_id</c> is OpenAI's <c>user</c>; what else stands in <c>metadata</c> stays there.</summary>
    private void WriteUser()
    {
        var metadata = Member("metadata"u8);
        if (!faults.ExpectIfSent(metadata, JsonValueKind.Object, "metadata"))
            return;
        var user = ElementJson.Member(metadata, "user_id"u8);
        var becomesUser = faults.ExpectIfSent(user, JsonValueKind.String, "metadata.user_id") && !ElementJson.IsSent(Member("user"u8));
        if (becomesUser)
            ElementJson.Copy(writer, "user"u8, user);
        if (!metadata.EnumerateObject().Any(static member => !member.NameEquals("user_id"u8)))
            return;
        writer.WriteStartObject("metadata"u8);
        foreach (var member in metadata.EnumerateObject())
        {
            if (!becomesUser || !member.NameEquals("user_id"u8))
                CopyAsItIs(member);
        }

        writer.WriteEndObject();
    }

    private void WriteTierAndStream()
    {
        var tier = Member("service_tier"u8);
        if (faults.ExpectIfSent(tier, JsonValueKind.String, "service_tier"))
        {
            if (tier.ValueEquals("standard_only"u8))
                writer.WriteString("service_tier"u8, "default"u8);
            else
                ElementJson.Copy(writer, "service_tier"u8, tier);
        }

        var stream = Member("stream"u8);
        if (stream.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False))
            faults.Add("stream", MessagesFaults.NotFlag);
        if (stream.ValueKind != JsonValueKind.True)
            return;
        writer.WriteBoolean("stream"u8, true);
        // A message always tells its usage.
        writer.WriteStartObject("stream_options"u8);
        writer.WriteBoolean("include_usage"u8, true);
        writer.WriteEndObject();
    }

    private void WriteRest()
    {
        foreach (var member in request.EnumerateObject())
        {
            if (!Translated.Contains(member.Name) && !Refused.Contains(member.Name))
                CopyAsItIs(member);
        }
    }

    private void CopyAsItIs(JsonProperty member)
    {
        writer.WritePropertyName(member.Name);
        writer.WriteRawValue(ElementJson.Raw(member.Value), skipInputValidation: true);
    }

    private JsonElement Member(ReadOnlySpan<byte> name) => ElementJson.Member(request, name);
}
