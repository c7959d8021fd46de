using System.Diagnostics.Metrics;
using System.Net;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>A server that takes two calls at once, and a caller who sends far more than that.</summary>
public sealed class WaitingForRoomTests : IAsyncLifetime
{
    private const string HeavyKey = "sk-heavy-4711";
    private const string LightKey = "sk-light-0815";
    private const int AtOnce = 2;
    private const int Backlog = 30;

    private readonly SecretVariable _heavy = new(HeavyKey);
    private readonly SecretVariable _light = new(LightKey);
    private readonly Gate _gate = new();
    private readonly string _model = $"local-{Guid.NewGuid().ToString()[..8]}";
    private readonly MeterListener _metrics = new();
    private FakeUpstream _upstream = null!;
    private int _waiting;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _upstream.Default(Reply.Text("Fine.").HoldAt(ReplyPoint.BeforeHeaders, _gate));
        _metrics.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name == "router.requests.waiting")
                listener.EnableMeasurementEvents(instrument);
        };
        _metrics.SetMeasurementEventCallback<int>((_, change, tags, _) =>
        {
            if (tags.Contains(new KeyValuePair<string, object?>("router.model", _model)))
                Volatile.Write(ref _waiting, change);
        });
        _metrics.Start();
    }

    public async Task DisposeAsync()
    {
        await _upstream.DisposeAsync();
        _metrics.Dispose();
        _heavy.Dispose();
        _light.Dispose();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task ALightCaller_IsServedBeforeTheHeavyOnesBacklog_AndTheServerNeverHasMoreThanItTakes(bool isStream)
    {
        await using var router = await RunningRouter.StartAsync(Limited("{}"));
        var heavy = new List<Task<ClientAnswer>>();
        for (var request = 0; request < Backlog; request++)
            heavy.Add(router.ChatAsync(ChatBodies.For(isStream, $"Heavy {request}.", _model), ("Authorization", $"Bearer {HeavyKey}")));
        await _gate.WaitForArrivalAsync(AtOnce);
        await WaitingAsync(Backlog - AtOnce);
        var light = router.ChatAsync(ChatBodies.For(isStream, "Light.", _model), ("Authorization", $"Bearer {LightKey}"));
        await WaitingAsync(Backlog - AtOnce + 1);
        _gate.Open();

        Assert.Equal("Fine.", (await light).Text);
        Assert.All(await Task.WhenAll(heavy), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(AtOnce, _upstream.Books.MaxAtOnce);
        var order = _upstream.Books.Requests.Select(static request => request.BodyText.Contains("Light.", StringComparison.Ordinal)).ToList();
        Assert.InRange(order.IndexOf(true), AtOnce, AtOnce + 2);
    }

    [Fact]
    public async Task NoRoomComesInTime_TheCallerReads429AndWhenToTryAgain()
    {
        await using var router = await RunningRouter.StartAsync(Limited("""{ "maxWaitSeconds": 0.2 }"""));
        var held = Enumerable.Range(0, AtOnce).Select(_ => router.ChatAsync(ChatBodies.For(false, "Held.", _model), ("Authorization", $"Bearer {HeavyKey}"))).ToList();
        await _gate.WaitForArrivalAsync(AtOnce);

        var refused = await router.ChatAsync(ChatBodies.For(false, "Too much.", _model), ("Authorization", $"Bearer {LightKey}"));
        _gate.Open();

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.Equal("capacity_exhausted", refused.ErrorCode);
        Assert.Equal("1", refused.Header("Retry-After"));
        Assert.NotEqual("false", refused.Header("x-should-retry"));
        Assert.All(await Task.WhenAll(held), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(AtOnce, _upstream.Books.Requests.Count);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task RequestsThatTimedOut_ReadWhenToTryAgain_AndLeaveNoPlaceTaken(bool isStream)
    {
        await using var router = await RunningRouter.StartAsync(Limited("""{ "maxWaitSeconds": 0.2 }"""));
        var held = Enumerable.Range(0, AtOnce).Select(_ => router.ChatAsync(ChatBodies.For(isStream, "Held.", _model), ("Authorization", $"Bearer {HeavyKey}"))).ToList();
        await _gate.WaitForArrivalAsync(AtOnce);

        var refused = await Task.WhenAll(Enumerable.Range(0, 3 * AtOnce).Select(_ => router.ChatAsync(ChatBodies.For(isStream, "Too much.", _model), ("Authorization", $"Bearer {LightKey}"))));
        await WaitingAsync(0);
        _gate.Open();

        Assert.All(refused, static answer => Assert.Equal(
            (HttpStatusCode.TooManyRequests, "capacity_exhausted", "1", false), (answer.Status, answer.ErrorCode, answer.Header("Retry-After"), answer.Header("x-should-retry") == "false")));
        Assert.All(await Task.WhenAll(held), static answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        var next = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => router.ChatAsync(ChatBodies.For(isStream, "Next.", _model), ("Authorization", $"Bearer {LightKey}"))));
        Assert.All(next, static answer => Assert.Equal("Fine.", answer.Text));
        Assert.DoesNotContain(_upstream.Books.Requests, static request => request.BodyText.Contains("Too much.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ACallerWhoLeavesTheQueue_IsNeverSentUp()
    {
        await using var router = await RunningRouter.StartAsync(Limited("{}"));
        var held = Enumerable.Range(0, AtOnce).Select(_ => router.ChatAsync(ChatBodies.For(false, "Held.", _model), ("Authorization", $"Bearer {HeavyKey}"))).ToList();
        await _gate.WaitForArrivalAsync(AtOnce);
        using var leaving = new CancellationTokenSource();
        var left = router.BeginChatAsync(ChatBodies.For(true, "Left.", _model), leaving.Token, ("Authorization", $"Bearer {HeavyKey}"));
        await WaitingAsync(1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await WaitingAsync(0);
        _gate.Open();
        await Task.WhenAll(held);

        Assert.Equal("Fine.", (await router.ChatAsync(ChatBodies.For(false, "Next.", _model), ("Authorization", $"Bearer {LightKey}"))).Text);
        Assert.DoesNotContain(_upstream.Books.Requests, static request => request.BodyText.Contains("Left.", StringComparison.Ordinal));
    }

    private Task WaitingAsync(int count) => Eventually.HoldsAsync(
        () =>
        {
            _metrics.RecordObservableInstruments();
            return Volatile.Read(ref _waiting) == count;
        },
        $"{count} waiting requests");

    private RouterFile Limited(string server) => new RouterFile()
        .Provider("vllm", _upstream.OpenAiAddress)
        .Model(_model, ["vllm"], $$"""{ "deployments": [{ "provider": "vllm", "concurrentRequests": {{AtOnce}} }] }""")
        .Route("auto", [_model])
        .Key("heavy", _heavy.Reference)
        .Key("light", _light.Reference)
        .Server(server);
}
