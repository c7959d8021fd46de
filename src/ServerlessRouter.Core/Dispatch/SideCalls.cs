using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Asks small models questions in the form of a chat and reads the text of their answers.</summary>
internal sealed class SideCalls(SideAttempts attempts) : ISideCalls
{
    public async ValueTask<SideCallResult> AskAsync(SideCall call, CancellationToken cancellationToken)
    {
        using var request = Scan(call.Body.Span);
        var order = new SideAttempt(call.Asker, call.Purpose, call.Model, request, call.Within) { TimeLeft = call.TimeLeft };
        var result = await attempts.MakeAsync(order, cancellationToken).ConfigureAwait(false);
        if (result.Answer is not { } answer)
            return SideCallResult.Failed(result.Problem!);
        using (answer)
            return ContentOf(answer) is { } text ? SideCallResult.Answered(text) : SideCallResult.Failed("its answer has no text");
    }

    private static ChatRequest Scan(ReadOnlySpan<byte> body)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(pooled);
        if (ChatRequestScanner.TryScan(pooled, body.Length, out var request, out var error))
            return request;
        ArrayPool<byte>.Shared.Return(pooled);
        throw new InvalidOperationException($"a stage asked with a body that is no chat request: {error.Message}");
    }

    private static string? ContentOf(ChatAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return document.RootElement.TryGetProperty("choices"u8, out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0
                && choices[0].ValueKind == JsonValueKind.Object && choices[0].TryGetProperty("message"u8, out var message)
                && message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content"u8, out var content) && content.ValueKind == JsonValueKind.String
                    ? content.GetString()
                    : null;
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException)
        {
            // Not JSON, or text with broken escapes: no answer to act on.
            return null;
        }
    }
}
