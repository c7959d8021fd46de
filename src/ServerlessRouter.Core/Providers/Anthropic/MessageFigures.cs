using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>What the router must know of a message that it passes on as it came.</summary>
internal readonly record struct MessageFigures(TokenUsage? Usage, long ContentBytes, string FinishReason)
{
    /// <summary>Null for whatever is no plain answer, which is then looked at closely.</summary>
    public static MessageFigures? Of(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = JsonDocument.Parse(message, LooseJson.ParseOptions);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || LooseJson.Text(root, "type") != "message" || AnthropicVocabulary.StopReason(root) is not { } reason || AnthropicVocabulary.IsError(reason)
                || LooseJson.Member(root, "content") is not { ValueKind: JsonValueKind.Array } content || LooseJson.Member(root, "error").ValueKind != JsonValueKind.Undefined)
                return null;
            var usage = new AnthropicUsage();
            _ = usage.Read(LooseJson.Member(root, "usage"));
            var (bytes, hasCalls) = (0L, false);
            foreach (var block in content.EnumerateArray())
            {
                bytes += LooseJson.Raw(block).Length;
                hasCalls |= AnthropicBlockKinds.Of(block) == AnthropicBlockKind.ToolUse;
            }

            return new MessageFigures(usage.IsReported ? usage.Counted : null, bytes, AnthropicVocabulary.FinishReason(reason, hasCalls));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a name with broken escapes.
            return null;
        }
    }
}
