using System.Buffers;
using System.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>Outcomes a pipeline may come to.</summary>
internal static class Answers
{
    public static ChatOutcome Whole(string body)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(body.Length));
        return new ChatOutcome.Completed(new ChatAnswer(pooled, Encoding.UTF8.GetBytes(body, pooled)));
    }

    public static ChatOutcome Failed(RouterError error) => new ChatOutcome.Failed(error);

    public static ChatOutcome Streaming(ChatStream stream) => new ChatOutcome.Streaming(stream);
}
