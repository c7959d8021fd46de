using System.Buffers;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Doors.Messages;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Http.Tokens;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http;

/// <summary>Counts the tokens of a prompt that is not sent, as Anthropic's clients ask for; no vendor is called, and nothing is billed.</summary>
internal sealed class TokenCountHandler(RouterModelSource models, RequestBodyReader bodies, ExactTokenizers tokenizers)
{
    private const int UsualAnswerBytes = 64;

    public async ValueTask HandleAsync(HttpContext http)
    {
        var router = models.Current;
        if (CallerIdentity.Find(router, new HttpRequestHeaders(http.Request.Headers), out _) is { } unknownCaller)
        {
            await ErrorAnswer.WriteAsync(http.Response, unknownCaller, http.RequestAborted);
            return;
        }

        var body = await bodies.ReadAsync(http.Request, BodyLimit.Of(router), http.RequestAborted);
        if (body.Error is { } unread)
        {
            await ErrorAnswer.WriteAsync(http.Response, unread, http.RequestAborted);
            return;
        }

        // Every text is read whole, and each other connection of a socket's thread would wait meanwhile.
        if (body.Length > ChatContextReader.MaxOnSocketThread)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var tokenizer = router.CountsTokensExactly ? await tokenizers.FindAsync(AskedTokenizer.Of(router, body.Memory.Span), http.RequestAborted) : null;
        var isCounted = MessagesTokenCount.TryCount(body.Memory, tokenizer, out var count, out var error);
        body.Return();
        if (!isCounted)
        {
            await ErrorAnswer.WriteAsync(http.Response, error!, http.RequestAborted);
            return;
        }

        var answer = new ArrayBufferWriter<byte>(UsualAnswerBytes);
        MessagesTokenCount.Write(count, answer);
        http.Response.Headers[MessagesTokenCount.Header] = count.Accuracy;
        await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, answer.WrittenMemory, http.RequestAborted);
    }
}
