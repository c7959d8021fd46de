using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>The body of a request for a vendor of OpenAI's schema: the caller's bytes, patched; of one that came in as Anthropic's messages what strict vendors take of it.</summary>
internal static class OpenAIRequest
{
    private const int UsualGrowth = 512;

    public static HttpContent Write(ChatRequest request, UpstreamEndpoint endpoint, RequestAdjustments? adjustments)
    {
        var patched = endpoint.Patch.Apply(request, adjustments);
        if (request.Door is not { Schema: WireSchema.Messages })
            return patched;
        using var whole = new PooledWriter(request.Length + UsualGrowth);
        using (patched)
            patched.WriteTo(whole);
        var plain = new PooledWriter(whole.Length);
        PlainChat.Write(whole.Written, plain, adjustments);
        return new PooledContent(plain);
    }
}
