using Microsoft.AspNetCore.Http;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Http;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>Where the thread that watches sockets calls the handler, as on one machine: what it does itself, all its other connections wait for.</summary>
public sealed class LongBodyTests
{
    [Theory]
    [InlineData(16 * 1024, true)]
    [InlineData(ChatContextReader.MaxOnSocketThread, true)]
    [InlineData(ChatContextReader.MaxOnSocketThread + 1, false)]
    [InlineData(4 * 1024 * 1024, false)]
    public async Task Chat_BodyOfALength_IsDecidedOnTheThreadOfTheSocketsOnlyWhereItIsShort(int length, bool isDecidedThere)
    {
        var (pipeline, time) = (new ScriptedPipeline(), new ManualTimeProvider());
        Thread? decidedOn = null;
        pipeline.Answer = (_, _) =>
        {
            decidedOn = Thread.CurrentThread;
            return Task.FromResult(Answers.Whole("{}"));
        };
        var models = new RouterModelSource(new RouterBuilder().Model("mini").Build());
        var handler = new ChatCompletionsHandler(new ChatContextReader(models, new RequestBodyReader(new BodyMemoryQuota(models, time)), null!, refused: null, time, ChatRequestScanner.TryScan), pipeline, null!, null!, time);
        var body = ChatBodies.Plain(new string('a', length - ChatBodies.Plain("", "mini").Length), "mini");
        Assert.Equal(length, body.Length);
        var http = new DefaultHttpContext();
        (http.Request.Method, http.Request.Body, http.Request.ContentLength) = (HttpMethods.Post, new MemoryStream(body), length);
        Task? handling = null;
        var socketThread = new Thread(() => handling = handler.HandleAsync(http).AsTask());

        socketThread.Start();
        socketThread.Join();
        await handling!;

        Assert.Equal(StatusCodes.Status200OK, http.Response.StatusCode);
        Assert.Equal(isDecidedThere, decidedOn == socketThread);
    }
}
