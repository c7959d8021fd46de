using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Writes a request in Anthropic's schema: 1 model and limits, 2 system and messages, 3 sampling, 4 tools, 5 output and thinking.</summary>
internal sealed class AnthropicRequestWriter(JsonElement request, LanguageModel model, TranslationGap gap)
{
    /// <summary>Sent where neither the caller nor the configuration names a limit: the vendor demands one.</summary>
    public const int DefaultMaxTokens = 4096;

    /// <summary>The least thinking budget the vendor takes.</summary>
    public const int LowThinkingTokens = 1024;

    public const int MediumThinkingTokens = 4096;

    public const int HighThinkingTokens = 16_384;

    private const string JsonDemand = "Answer with one JSON object and nothing else.";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the body; what it cannot express it reports to the gap.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        ReportWhatCannotBe();
        using var writer = new Utf8JsonWriter(output, Options);
        var thinking = ThinkingTokens();
        writer.WriteStartObject();
        writer.WriteString("model", Text(request, "model"));
        writer.WriteNumber("max_tokens", MaxTokens(thinking));
        if (IsTrue("stream"))
            writer.WriteBoolean("stream", true);
        new AnthropicMessagesWriter(writer, gap).Write(Member(request, "messages"), FormatType() == "json_object" ? JsonDemand : null);
        WriteSampling(writer, isThinking: thinking > 0 || Has("thinking"));
        AnthropicToolsWriter.Write(writer, request, gap);
        WriteOutput(writer, thinking);
        if (Text(request, "user") is { } user)
        {
            writer.WriteStartObject("metadata");
            writer.WriteString("user_id", user);
            writer.WriteEndObject();
        }

        if (Text(request, "service_tier") is { } tier && (tier is "auto" or "default" or "standard_only"))
            writer.WriteString("service_tier", tier == "auto" ? "auto" : "standard_only");
        writer.WriteEndObject();
    }

    private void ReportWhatCannotBe()
    {
        if (Number("n") is > 1)
            gap.Report("Anthropic's API gives one answer a call; 'n' above 1 cannot be asked for.");
        if (IsTrue("logprobs"))
            gap.Report("Anthropic's API has no log probabilities.");
        if (Has("audio"))
            gap.Report("Anthropic's API does not speak; 'audio' cannot be asked for.");
        if (Has("functions"))
            gap.Report("The old 'functions' are not translated; send 'tools'.");
    }

    private int MaxTokens(int thinking)
    {
        var asked = Number("max_completion_tokens") ?? Number("max_tokens") ?? model.MaxOutputTokens ?? DefaultMaxTokens;
        // The vendor counts thinking into the limit; the caller's limit is for what it reads.
        var wanted = Math.Min(int.MaxValue, Math.Max(1, asked) + thinking);
        return (int)Math.Min(wanted, model.MaxOutputTokens ?? int.MaxValue);
    }

    /// <summary>The thinking budget for <c>reasoning_effort</c>; 0 for none. The vendor refuses it beside a forced tool and while a tool call is being answered.</summary>
    private int ThinkingTokens()
    {
        if (!model.Capabilities.HasFlag(Capabilities.Reasoning) || Has("thinking") || IsToolForced() || IsAnsweringTools())
            return 0;
        var budget = Text(request, "reasoning_effort") switch
        {
            "minimal" or "low" => LowThinkingTokens,
            "medium" => MediumThinkingTokens,
            "high" or "xhigh" => HighThinkingTokens,
            _ => 0,
        };
        // Half the model's limit at most, so that there is room to answer.
        return model.MaxOutputTokens is { } most && budget > most / 2 ? (most / 2 < LowThinkingTokens ? 0 : most / 2) : budget;
    }

    private bool IsToolForced()
    {
        var choice = Member(request, "tool_choice");
        return choice.ValueKind == JsonValueKind.Object || (choice.ValueKind == JsonValueKind.String && choice.ValueEquals("required"));
    }

    private bool IsAnsweringTools()
    {
        var messages = Member(request, "messages");
        return messages.ValueKind == JsonValueKind.Array && messages.GetArrayLength() > 0 && Text(messages[messages.GetArrayLength() - 1], "role") == "tool";
    }

    private void WriteSampling(Utf8JsonWriter writer, bool isThinking)
    {
        if (!isThinking)
        {
            if (Member(request, "temperature") is { ValueKind: JsonValueKind.Number } temperature)
                writer.WriteNumber("temperature", Math.Clamp(temperature.GetDouble(), 0, 1));
            else
                Copy(writer, "top_p");
            Copy(writer, "top_k");
        }

        var stop = Member(request, "stop");
        if (stop.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            return;
        writer.WriteStartArray("stop_sequences");
        if (stop.ValueKind == JsonValueKind.String)
            WriteStop(writer, stop);
        else
        {
            foreach (var entry in stop.EnumerateArray())
                WriteStop(writer, entry);
        }

        writer.WriteEndArray();
    }

    /// <summary>The vendor refuses sequences of nothing but white space.</summary>
    private static void WriteStop(Utf8JsonWriter writer, JsonElement stop)
    {
        if (stop.ValueKind == JsonValueKind.String && AnthropicJson.String(stop) is { } text && !string.IsNullOrWhiteSpace(text))
            writer.WriteStringValue(text);
    }

    private void WriteOutput(Utf8JsonWriter writer, int thinking)
    {
        if (thinking > 0)
        {
            writer.WriteStartObject("thinking");
            writer.WriteString("type", "enabled");
            writer.WriteNumber("budget_tokens", thinking);
            writer.WriteEndObject();
        }
        else
        {
            Copy(writer, "thinking");
        }

        if (Has("output_config"))
        {
            Copy(writer, "output_config");
        }
        else if (FormatType() == "json_schema"
            && Member(Member(Member(request, "response_format"), "json_schema"), "schema") is { ValueKind: JsonValueKind.Object } schema)
        {
            writer.WriteStartObject("output_config");
            writer.WriteStartObject("format");
            writer.WriteString("type", "json_schema");
            writer.WritePropertyName("schema");
            schema.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private string? FormatType() => Text(Member(request, "response_format"), "type");

    private void Copy(Utf8JsonWriter writer, string name)
    {
        if (!Has(name))
            return;
        writer.WritePropertyName(name);
        Member(request, name).WriteTo(writer);
    }

    private bool Has(string name) => Member(request, name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    private bool IsTrue(string name) => Member(request, name).ValueKind == JsonValueKind.True;

    private long? Number(string name) => Member(request, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : null;

    private static JsonElement Member(JsonElement parent, string name) => AnthropicJson.Member(parent, name);

    private static string? Text(JsonElement parent, string name) => AnthropicJson.Text(parent, name);
}
