using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>A message whose document is cut off, or followed by garbage, behind its content and its stop reason: nothing of the answer is missing.</summary>
internal static class CutMessage
{
    /// <summary>Ends the document in place behind the last member that is whole. Answers with its new length; 0 where the answer itself is cut.</summary>
    public static int Mend(byte[] message, int length)
    {
        var (end, hasContent, hasReason) = (0, false, false);
        try
        {
            var members = new JsonMemberReader(message.AsSpan(0, length));
            while (members.Read())
            {
                end = members.Value.End;
                hasContent |= members.Is("content"u8);
                hasReason |= members.Is("stop_reason"u8) && members.Kind == JsonTokenType.String;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // This is where it is cut.
        }

        if (!hasContent || !hasReason || end >= message.Length)
            return 0;
        message[end] = (byte)'}';
        return end + 1;
    }
}
