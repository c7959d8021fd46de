using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>Puts the choices of an answer in OpenAI's schema together, from its whole body or from the events of its stream.</summary>
/// <remarks>What is not in the schema is left out rather than complained of; more choices, calls or tokens than any caller asks for are not read.</remarks>
internal sealed class AnswerReader
{
    private const int MaxChoices = 128;
    private const int MaxCalls = 128;
    private const int MaxMargins = 65_536;

    private readonly List<AnswerChoice> _choices = [];

    /// <summary>The choices of a plain answer; none when it is no answer.</summary>
    public static IReadOnlyList<AnswerChoice> OfBody(ReadOnlyMemory<byte> body)
    {
        var reader = new AnswerReader();
        reader.ReadPayload(body);
        return reader._choices;
    }

    /// <summary>The choices of a stream; each of the events is one <c>data:</c> line and a blank one.</summary>
    public static IReadOnlyList<AnswerChoice> OfEvents(ReadOnlyMemory<byte> events)
    {
        var reader = new AnswerReader();
        foreach (var range in events.Span.Split((byte)'\n'))
        {
            var line = events[range];
            if (line.Span.StartsWith("data:"u8))
                reader.ReadPayload(line["data:"u8.Length..]);
        }

        return reader._choices;
    }

    private void ReadPayload(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (!Has(document.RootElement, "choices"u8, JsonValueKind.Array, out var choices))
                return;
            foreach (var choice in choices.EnumerateArray())
            {
                if (choice.ValueKind == JsonValueKind.Object)
                    ReadChoice(choice);
            }
        }
        catch (JsonException)
        {
            // Providers let through only what is JSON; of anything else nothing is known.
        }
    }

    private void ReadChoice(JsonElement json)
    {
        if (At(_choices, IndexOf(json, 0), MaxChoices) is not { } choice)
            return;
        if (Has(json, "message"u8, JsonValueKind.Object, out var message) || Has(json, "delta"u8, JsonValueKind.Object, out message))
            ReadMessage(message, choice);
        if (Has(json, "finish_reason"u8, JsonValueKind.String, out var reason))
            choice.FinishReason = Text(reason);
        if (Has(json, "logprobs"u8, JsonValueKind.Object, out var logprobs) && Has(logprobs, "content"u8, JsonValueKind.Array, out var tokens))
            ReadMargins(tokens, choice.MarginList);
    }

    private static void ReadMessage(JsonElement message, AnswerChoice choice)
    {
        if (message.TryGetProperty("content"u8, out var content))
            ReadContent(content, choice);
        choice.IsRefusal |= Has(message, "refusal"u8, JsonValueKind.String, out var refusal) && JsonMarshal.GetRawUtf8Value(refusal).Length > 2;
        choice.HasMedia |= Has(message, "audio"u8, JsonValueKind.Object, out _) || (Has(message, "images"u8, JsonValueKind.Array, out var images) && images.GetArrayLength() > 0);
        if (Has(message, "function_call"u8, JsonValueKind.Object, out var call) && At(choice.Calls, 0, MaxCalls) is { } legacy)
            ReadFunction(call, legacy, "arguments"u8);
        if (!Has(message, "tool_calls"u8, JsonValueKind.Array, out var calls))
            return;
        var place = 0;
        foreach (var tool in calls.EnumerateArray())
        {
            if (tool.ValueKind == JsonValueKind.Object && At(choice.Calls, IndexOf(tool, place++), MaxCalls) is { } known)
                ReadCall(tool, known);
        }
    }

    private static void ReadContent(JsonElement content, AnswerChoice choice)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            Append(content, choice.Writer);
            return;
        }

        if (content.ValueKind != JsonValueKind.Array)
            return;
        foreach (var part in content.EnumerateArray())
        {
            if (part.ValueKind == JsonValueKind.Object && Has(part, "text"u8, JsonValueKind.String, out var text))
                Append(text, choice.Writer);
        }
    }

    private static void ReadCall(JsonElement tool, AnswerToolCall call)
    {
        if (Has(tool, "function"u8, JsonValueKind.Object, out var function))
        {
            ReadFunction(function, call, "arguments"u8);
        }
        else if (Has(tool, "custom"u8, JsonValueKind.Object, out var custom))
        {
            call.IsFreeForm = true;
            ReadFunction(custom, call, "input"u8);
        }
    }

    private static void ReadFunction(JsonElement function, AnswerToolCall call, ReadOnlySpan<byte> arguments)
    {
        if (Has(function, "name"u8, JsonValueKind.String, out var name))
            call.Name += Text(name);
        if (Has(function, arguments, JsonValueKind.String, out var written))
            Append(written, call.Writer);
    }

    private static void ReadMargins(JsonElement tokens, List<float> margins)
    {
        foreach (var token in tokens.EnumerateArray())
        {
            if (margins.Count < MaxMargins && token.ValueKind == JsonValueKind.Object && MarginOf(token) is { } margin)
                margins.Add(margin);
        }
    }

    /// <summary>Where only the token's own probability is known, the next best has at most what is left.</summary>
    private static float? MarginOf(JsonElement token)
    {
        if (Has(token, "top_logprobs"u8, JsonValueKind.Array, out var best))
        {
            var (first, second, count) = (0.0, 0.0, 0);
            foreach (var alternative in best.EnumerateArray())
            {
                if (alternative.ValueKind != JsonValueKind.Object || ProbabilityOf(alternative) is not { } probability)
                    continue;
                count++;
                (first, second) = probability > first ? (probability, first) : (first, Math.Max(second, probability));
            }

            if (count > 1)
                return (float)(first - second);
        }

        return ProbabilityOf(token) is { } own ? (float)Math.Max(0, (2 * own) - 1) : null;
    }

    private static double? ProbabilityOf(JsonElement token) =>
        Has(token, "logprob"u8, JsonValueKind.Number, out var logprob) && logprob.TryGetDouble(out var value) && !double.IsNaN(value)
            ? Math.Exp(Math.Clamp(value, -1000, 0))
            : null;

    private static int IndexOf(JsonElement json, int otherwise) =>
        Has(json, "index"u8, JsonValueKind.Number, out var index) && index.TryGetInt32(out var place) ? place : otherwise;

    private static T? At<T>(List<T> list, int place, int most) where T : class, new()
    {
        if (place < 0 || place >= most)
            return null;
        while (list.Count <= place)
            list.Add(new T());
        return list[place];
    }

    private static bool Has(JsonElement json, ReadOnlySpan<byte> name, JsonValueKind kind, out JsonElement value) =>
        json.TryGetProperty(name, out value) && value.ValueKind == kind;

    /// <summary>A lone surrogate becomes U+FFFD, where <see cref="JsonElement.GetString"/> would throw.</summary>
    private static string Text(JsonElement text)
    {
        var decoded = new ArrayBufferWriter<byte>(32);
        Append(text, decoded);
        return System.Text.Encoding.UTF8.GetString(decoded.WrittenSpan);
    }

    private static void Append(JsonElement text, ArrayBufferWriter<byte> writer)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        if (raw.IsEmpty)
            return;
        writer.Advance(JsonText.Unescape(raw, writer.GetSpan(raw.Length)));
    }
}
