using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// Writes a chat request in the schema of responses: 1 model and input, 2 tools, 3 limits and sampling, 4 text and reasoning, 5 what is kept and what is included, 6 the rest.
/// docs/responses-upstream.md says what becomes of each member.
/// </summary>
internal sealed class ResponsesRequestWriter(JsonElement request, LanguageModel model, string? origin, TranslationNotes notes)
{
    /// <summary>OpenAI and Azure refuse fewer.</summary>
    public const int MinOutputTokens = 16;

    private const string SealedReasoning = "reasoning.encrypted_content";
    private const string Logprobs = "message.output_text.logprobs";
    private const string UnnamedSchema = "response";

    private bool Reasons => model.Capabilities.HasFlag(Capabilities.Reasoning);

    /// <summary>Writes the body; what it cannot express and what it changes goes into the notes.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        ResponsesMembers.Report(request, notes);
        using var writer = new Utf8JsonWriter(output, ResponsesAnswerWriter.Options);
        writer.WriteStartObject();
        writer.WriteString("model", LooseJson.Text(request, "model"));
        new ResponsesInputWriter(writer, Reasons, origin, notes).Write(Member("messages"));
        new ResponsesToolsWriter(writer, notes).Write(request);
        WriteLimit(writer);
        WriteText(writer);
        WriteReasoning(writer);
        writer.WriteBoolean("store", false);
        WriteIncluded(writer);
        foreach (var name in ResponsesMembers.Same)
        {
            if (Member(name) is var value && IsSent(value))
                Copy(writer, name, value);
        }

        WriteStream(writer);
        writer.WriteEndObject();
    }

    /// <summary>The smaller of the limits that are sent.</summary>
    private void WriteLimit(Utf8JsonWriter writer)
    {
        var (param, limit) = ("max_tokens", 0);
        foreach (var name in (ReadOnlySpan<string>)["max_tokens", "max_completion_tokens", "max_output_tokens"])
        {
            if (LooseJson.Count(request, name) is > 0 and var asked && (limit == 0 || asked < limit))
                (param, limit) = (name, asked);
        }

        if (limit == 0)
            return;
        if (limit < MinOutputTokens)
            notes.Change(param, limit, MinOutputTokens);
        writer.WriteNumber("max_output_tokens", Math.Max(limit, MinOutputTokens));
    }

    private void WriteText(Utf8JsonWriter writer)
    {
        var format = Member("response_format");
        var verbosity = Member("verbosity");
        if (format.ValueKind != JsonValueKind.Object && !IsSent(verbosity))
            return;
        writer.WriteStartObject("text");
        if (format.ValueKind == JsonValueKind.Object)
            WriteFormat(writer, format);
        if (IsSent(verbosity))
            Copy(writer, "verbosity", verbosity);
        writer.WriteEndObject();
    }

    private void WriteFormat(Utf8JsonWriter writer, JsonElement format)
    {
        var type = LooseJson.Text(format, "type");
        writer.WriteStartObject("format");
        writer.WriteString("type", type);
        switch (type)
        {
            case "text" or "json_object":
                break;
            case "json_schema":
                WriteSchema(writer, LooseJson.Member(format, "json_schema") is { ValueKind: JsonValueKind.Object } inside ? inside : format);
                break;
            default:
                notes.Refuse("response_format.type", $"'response_format.type' is '{type}'; OpenAI's Responses API takes text, json_object and json_schema.");
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter writer, JsonElement named)
    {
        writer.WriteString("name", LooseJson.Text(named, "name") is { Length: > 0 } name ? name : UnnamedSchema);
        foreach (var member in (ReadOnlySpan<string>)["description", "strict", "schema"])
        {
            if (LooseJson.Member(named, member) is var value && IsSent(value))
                Copy(writer, member, value);
        }
    }

    private void WriteReasoning(Utf8JsonWriter writer)
    {
        var wish = ThinkingWish.Read(request, notes);
        if (wish.Param is null || !Reasons)
            return;
        var (effort, summary) = (ResponsesEffort.Of(wish, notes), ResponsesEffort.SummaryOf(request, wish));
        if (effort is null && summary is null)
            return;
        writer.WriteStartObject("reasoning");
        if (effort is not null)
            writer.WriteString("effort", effort);
        if (summary is not null)
            writer.WriteString("summary", summary);
        foreach (var name in (ReadOnlySpan<string>)["context", "mode"])
        {
            if (LooseJson.Member(Member("reasoning"), name) is { ValueKind: JsonValueKind.String } own)
                Copy(writer, name, own);
        }

        writer.WriteEndObject();
    }

    /// <summary>
    /// Reasoning is asked for sealed, so that the caller can send it back: nothing is kept at the vendor. Models that do not reason refuse to be asked. What the caller names of its own comes
    /// with it.
    /// </summary>
    private void WriteIncluded(Utf8JsonWriter writer)
    {
        var included = new List<string>();
        if (Reasons)
            included.Add(SealedReasoning);
        var wantsLogprobs = Member("logprobs").ValueKind == JsonValueKind.True || LooseJson.Count(request, "top_logprobs") > 0;
        if (wantsLogprobs)
            included.Add(Logprobs);
        if (Member("include") is { ValueKind: JsonValueKind.Array } own)
            included.AddRange(own.EnumerateArray().Where(static entry => entry.ValueKind == JsonValueKind.String).Select(LooseJson.String).Where(entry => !included.Contains(entry)).ToList());
        if (wantsLogprobs && Member("top_logprobs") is { ValueKind: JsonValueKind.Number } top)
            Copy(writer, "top_logprobs", top);
        if (included.Count == 0)
            return;
        writer.WriteStartArray("include");
        foreach (var entry in included)
            writer.WriteStringValue(entry);
        writer.WriteEndArray();
    }

    private void WriteStream(Utf8JsonWriter writer)
    {
        if (Member("stream").ValueKind != JsonValueKind.True)
            return;
        writer.WriteBoolean("stream", true);
        if (LooseJson.Member(Member("stream_options"), "include_obfuscation") is { ValueKind: JsonValueKind.True or JsonValueKind.False } obfuscation)
        {
            writer.WriteStartObject("stream_options");
            Copy(writer, "include_obfuscation", obfuscation);
            writer.WriteEndObject();
        }
    }

    private static void Copy(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }

    private JsonElement Member(string name) => LooseJson.Member(request, name);

    private static bool IsSent(JsonElement value) => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
}
