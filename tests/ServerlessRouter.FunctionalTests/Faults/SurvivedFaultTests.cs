using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>Plays every fault that another model can make good: the client sees the other's answer and pays for it alone.</summary>
public sealed class SurvivedFaultTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private FakeUpstream _good = null!;

    public async Task InitializeAsync()
    {
        _good = await FakeUpstream.StartAsync();
        _good.Default(Reply.Text("Good, thank you.").Usage(50, 7));
    }

    public Task DisposeAsync() => _good.DisposeAsync().AsTask();

    [Theory, MemberData(nameof(FaultTable.Survivable), MemberType = typeof(FaultTable))]
    public async Task Chat_AnotherModelCanAnswer_TheClientSeesNothingElse(string name, bool stream)
    {
        var fault = FaultTable.Find(name);
        await using var faulty = await fault.Upstream();
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("faulty", faulty.Address).Upstream("good", _good)
            .Route("auto", ["faulty"], $$"""{ "fallbacks": ["good"], "limits": { {{Fault.Limits}} } }"""), time: _time);

        var asking = router.ChatAsync(ChatBodies.For(stream));
        if (fault.IsSilent)
        {
            await faulty.WaitForRequestsAsync(1);
            _time.Advance(Fault.MaxSilence);
        }

        var answer = await asking;

        Assert.Equal(200, (int)answer.Status);
        Assert.Equal("Good, thank you.", answer.Text);
        Assert.True(answer.IsWhole);
        Assert.Null(answer.Error);
        Assert.Equal("good", answer.Header("x-router-model"));
        Assert.Equal(2, answer.Attempts);
        Assert.Equal(await _good.BilledUsdAsync(), answer.CostUsd);
        Assert.Single(_good.Books.Requests);
    }

    [Theory, MemberData(nameof(FaultTable.Final), MemberType = typeof(FaultTable))]
    public async Task Chat_TheRequestIsAtFault_NoOtherModelIsAsked(string name, bool stream)
    {
        var fault = FaultTable.Find(name);
        await using var faulty = await fault.Upstream();
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("faulty", faulty.Address).Upstream("good", _good).Route("auto", ["faulty"], """{ "fallbacks": ["good"] }"""));

        var answer = await router.ChatAsync(ChatBodies.For(stream));

        Assert.Equal((fault.Status, fault.Code), ((int)answer.Status, answer.ErrorCode));

        Assert.Empty(_good.Books.Requests);
    }
}
