using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Configuration;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// Writes a request in Anthropic's schema: 1 model and limits, 2 tools, 3 system and messages, 4 sampling, 5 thinking and output, 6 the rest. docs/anthropic.md says what becomes of each member.
/// </summary>
internal sealed class AnthropicRequestWriter(JsonElement request, LanguageModel model, string deployment, TranslationNotes notes, string? reasoningForm = null)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ClaudeTraits _traits = ClaudeTraits.Of(deployment, model.Name, reasoningForm);

    /// <summary>Writes the body; what it cannot express and what it changes goes into the notes.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        UncarriedMembers.Report(request, notes);
        var choice = ToolChoice.Read(request, notes);
        var limits = new StrictSchemaLimits();
        var format = ResponseFormat.Read(request, _traits, limits, notes);
        var conversation = new AnthropicConversation(notes);
        conversation.ReadOwnSystem(Member("system"));
        conversation.Read(Member("messages"));
        var offer = ToolOffer.Read(request, choice, conversation.Calls, _traits, notes);
        var takesPrefill = _traits.TakesPrefill && format.Schema is null;
        var isObstructed = choice.IsForced || (takesPrefill && conversation.CanBeContinued);
        var thinking = new ThinkingPlanner(request, model, _traits, notes).Plan(isObstructed, conversation.LacksThinking());
        conversation.End(takesPrefill, takesThinking: _traits.Thinking != ThinkingForm.None);

        using var writer = new Utf8JsonWriter(output, Options);
        var cache = new CacheBreakpoints(offer.Marks + conversation.Marks, Member("cache_control"), notes);
        writer.WriteStartObject();
        writer.WriteString("model", LooseJson.Text(request, "model"));
        writer.WriteNumber("max_tokens", thinking.MaxTokens);
        if (Member("stream").ValueKind == JsonValueKind.True)
            writer.WriteBoolean("stream", true);
        new AnthropicToolsWriter(writer, cache, _traits, limits, notes).Write(offer);
        new AnthropicMessagesWriter(writer, cache, notes).Write(conversation, format.Demand);
        WriteSampling(writer, thinking.IsOn);
        WriteThinking(writer, thinking);
        WriteOutput(writer, thinking.Effort, format.Schema);
        cache.WriteAutomatic(writer);
        WriteUser(writer);
        WriteRest(writer);
        writer.WriteEndObject();
    }

    private void WriteSampling(Utf8JsonWriter writer, bool isThinking)
    {
        var temperature = Member("temperature");
        var topP = Member("top_p");
        var isTaken = _traits.TakesSampling && !isThinking;
        var hasTemperature = temperature.ValueKind == JsonValueKind.Number;
        if (isTaken && hasTemperature)
            WriteTemperature(writer, temperature);
        else if (IsSent(temperature) && !(hasTemperature && temperature.GetDouble() == 1))
            notes.Drop("temperature", temperature);

        // The vendor refuses the two beside each other.
        if (isTaken && !hasTemperature && topP.ValueKind == JsonValueKind.Number)
            Copy(writer, "top_p", topP);
        else if (IsSent(topP) && !(topP.ValueKind == JsonValueKind.Number && topP.GetDouble() == 1))
            notes.Drop("top_p", topP);
        if (isTaken && Member("top_k") is { ValueKind: JsonValueKind.Number } taken)
            Copy(writer, "top_k", taken);
        else if (Member("top_k") is var topK && IsSent(topK))
            notes.Drop("top_k", topK);
        WriteStops(writer, Member("stop") is { ValueKind: JsonValueKind.String or JsonValueKind.Array } stop ? stop : Member("stop_sequences"));
    }

    private void WriteTemperature(Utf8JsonWriter writer, JsonElement temperature)
    {
        var asked = temperature.GetDouble();
        var taken = Math.Clamp(asked, 0, 1);
        if (taken != asked)
            notes.Change("temperature", temperature, taken);
        writer.WriteNumber("temperature", taken);
    }

    /// <summary>The vendor refuses sequences of nothing but white space, and those that are no texts.</summary>
    private void WriteStops(Utf8JsonWriter writer, JsonElement stop)
    {
        var isOpen = false;
        if (stop.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in stop.EnumerateArray())
                WriteStop(entry);
        }
        else if (stop.ValueKind == JsonValueKind.String)
        {
            WriteStop(stop);
        }
        else if (IsSent(Member("stop")))
        {
            notes.Drop("stop", Member("stop"));
        }

        if (isOpen)
            writer.WriteEndArray();

        void WriteStop(JsonElement entry)
        {
            if (entry.ValueKind != JsonValueKind.String || LooseJson.String(entry) is not { } text || string.IsNullOrWhiteSpace(text))
            {
                notes.Drop("stop", entry);
                return;
            }

            if (!isOpen)
                writer.WriteStartArray("stop_sequences");
            isOpen = true;
            writer.WriteStringValue(text);
        }
    }

    private static void WriteThinking(Utf8JsonWriter writer, in ThinkingPlan thinking)
    {
        if (thinking.Own.ValueKind == JsonValueKind.Object)
        {
            Copy(writer, "thinking", thinking.Own);
        }
        else if (thinking.Type is not null)
        {
            writer.WriteStartObject("thinking");
            writer.WriteString("type", thinking.Type);
            if (thinking.BudgetTokens > 0)
                writer.WriteNumber("budget_tokens", thinking.BudgetTokens);
            if (thinking.Display is not null)
                writer.WriteString("display", thinking.Display);
            writer.WriteEndObject();
        }
    }

    /// <summary>The caller's own <c>output_config</c>, and beside it what it does not say itself.</summary>
    private void WriteOutput(Utf8JsonWriter writer, string? effort, byte[]? schema)
    {
        var own = Member("output_config");
        var hasOwn = own.ValueKind == JsonValueKind.Object;
        if (IsSent(own) && !hasOwn)
            notes.Refuse("output_config", "'output_config' must be an object.");
        if (!hasOwn && effort is null && schema is null)
            return;
        writer.WriteStartObject("output_config");
        if (hasOwn)
        {
            foreach (var member in own.EnumerateObject())
                member.WriteTo(writer);
        }

        if (effort is not null && !IsSent(LooseJson.Member(own, "effort")))
            writer.WriteString("effort", effort);
        if (schema is not null && !IsSent(LooseJson.Member(own, "format")))
        {
            writer.WriteStartObject("format");
            writer.WriteString("type", "json_schema");
            writer.WritePropertyName("schema");
            writer.WriteRawValue(schema, skipInputValidation: true);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteUser(Utf8JsonWriter writer)
    {
        foreach (var (parent, param) in (ReadOnlySpan<(JsonElement, string)>)[(request, "user"), (request, "safety_identifier"), (Member("metadata"), "metadata.user_id")])
        {
            var name = param[(param.IndexOf('.', StringComparison.Ordinal) + 1)..];
            var value = LooseJson.Member(parent, name);
            if (!IsSent(value) || value is { ValueKind: JsonValueKind.String } && value.ValueEquals(""))
                continue;
            if (LooseJson.Text(parent, name) is { } user && EndUser.IsTaken(user))
            {
                writer.WriteStartObject("metadata");
                writer.WriteString("user_id", user);
                writer.WriteEndObject();
                return;
            }

            notes.Drop(param, value);
        }
    }

    private void WriteRest(Utf8JsonWriter writer)
    {
        var metadata = Member("metadata");
        if (notes.IsRead && metadata.ValueKind == JsonValueKind.Object && metadata.EnumerateObject().Any(static member => member.Name != "user_id"))
            notes.Drop("metadata", metadata);
        var tier = Member("service_tier");
        if (LooseJson.Text(request, "service_tier") is "auto" or "default" or "standard" or "standard_only")
            writer.WriteString("service_tier", tier.ValueEquals("auto") ? "auto" : "standard_only");
        else if (IsSent(tier))
            notes.Drop("service_tier", tier);
        foreach (var name in UncarriedMembers.Own)
        {
            if (Member(name) is var value && IsSent(value))
                Copy(writer, name, value);
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
