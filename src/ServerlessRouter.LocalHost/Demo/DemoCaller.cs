using System.Buffers;
using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.LocalHost.Demo;

/// <summary>Sends requests of the demonstration through the router's own pipeline, as the endpoint of chats does, and reads the answers to their end.</summary>
internal static class DemoCaller
{
    public static async Task CallAsync(RouterServices router, DemoRequest request, string id, CancellationToken cancellationToken)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(request.Body.Length);
        request.Body.CopyTo(pooled, 0);
        if (!ChatRequestScanner.TryScan(pooled, request.Body.Length, out var chat, out var error))
            throw new InvalidOperationException($"The demonstration asks with a body that is no chat request: {error.Message}");
        using (chat)
        {
            var context = new RequestContext(id, router.Models.Current, chat, new KeyHeader(DemoConfiguration.KeyOf(request.Caller)), router.Options.Time.GetTimestamp());
            switch (await router.Pipeline.InvokeAsync(context, cancellationToken).ConfigureAwait(false))
            {
                case ChatOutcome.Completed completed:
                    completed.Answer.Dispose();
                    break;
                case ChatOutcome.Streaming streaming:
                    await using (streaming.Stream.ConfigureAwait(false))
                    {
                        while (await streaming.Stream.ReadAsync(cancellationToken).ConfigureAwait(false))
                        {
                        }
                    }

                    break;
            }
        }
    }

    private sealed class KeyHeader(string key) : IRequestHeaders
    {
        public string? Get(string name) => name.Equals("authorization", StringComparison.OrdinalIgnoreCase) ? $"Bearer {key}" : null;
    }
}
