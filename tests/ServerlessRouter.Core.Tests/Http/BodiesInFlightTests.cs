using System.Net;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>What the bodies of requests take together, as callers notice it.</summary>
public sealed class BodiesInFlightTests : IAsyncLifetime, IDisposable
{
    private const int Mebibyte = 1024 * 1024;

    private readonly TaskCompletionSource _mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _begun = new(0);
    private HttpServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await HttpServer.StartAsync(new RouterBuilder().Model("mini").Bodies(maxRequestBytes: Mebibyte, maxBodiesBytes: 2 * Mebibyte).Build());
        _server.Pipeline.Answer = async (_, _) =>
        {
            _begun.Release();
            await _mayAnswer.Task;
            return Answers.Whole("{}");
        };
    }

    public async Task DisposeAsync()
    {
        _mayAnswer.TrySetResult();
        await _server.DisposeAsync();
    }

    public void Dispose() => _begun.Dispose();

    [Theory, InlineData(true), InlineData(false)]
    public async Task Chat_LargeBodiesTakeAllTheRoom_AFurtherOneIsToldToComeBackAndShortOnesAreServed(bool isLengthAnnounced)
    {
        var held = _server.PostAsync(LargeBody());
        await BegunAsync();

        var refused = PostLargeAsync(isLengthAnnounced);
        await _server.Time.WaitForTimersAsync();
        var small = _server.PostAsync(ChatBodies.Plain());
        await BegunAsync();
        _server.Time.Advance(BodyMemoryQuota.MaxWait);

        using var answer = await refused;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("2", ChatCompletionsTests.Header(answer, "retry-after"));
        Assert.Contains("server.maxBodiesMebibytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        _mayAnswer.SetResult();
        foreach (var served in new[] { await held, await small })
        {
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
            served.Dispose();
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Chat_RoomComesFree_TheOneThatWaitedIsServed(bool isLengthAnnounced)
    {
        var held = _server.PostAsync(LargeBody());
        await BegunAsync();
        var waiting = PostLargeAsync(isLengthAnnounced);
        await _server.Time.WaitForTimersAsync();

        _mayAnswer.SetResult();

        (await held).Dispose();
        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task Chat_HoweverItEnds_GivesItsRoomBack(HttpStatusCode end)
    {
        _mayAnswer.SetResult();
        if (end == HttpStatusCode.InternalServerError)
            _server.Pipeline.Answer = static (_, _) => throw new InvalidOperationException("a bug");
        var body = LargeBody();
        if (end == HttpStatusCode.BadRequest)
            body[^1] = (byte)'?';
        else if (end == HttpStatusCode.RequestEntityTooLarge)
            body = [.. body, .. new byte[Mebibyte]];

        for (var turn = 0; turn < 4; turn++)
        {
            using var answer = await PostAsync(body, isLengthAnnounced: false);
            Assert.Equal(end, answer.StatusCode);
        }

        Assert.Equal(0, _server.Time.ArmedTimers);
    }

    private static byte[] LargeBody() => ChatBodies.Plain(new string('x', Mebibyte - 1000));

    private Task BegunAsync() => Patience.WaitAsync(_begun.WaitAsync(), static () => "the pipeline to be asked");

    private Task<HttpResponseMessage> PostLargeAsync(bool isLengthAnnounced) => PostAsync(LargeBody(), isLengthAnnounced);

    private async Task<HttpResponseMessage> PostAsync(byte[] body, bool isLengthAnnounced)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = !isLengthAnnounced;
        return await _server.Client.SendAsync(request);
    }
}
