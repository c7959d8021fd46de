using System.Net;
using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>Plays every fault of a plain call on a request for embeddings: another deployment of the same model makes it good, or the caller hears what a chat's caller would.</summary>
public sealed class EmbeddingFaultTests : IAsyncLifetime
{
    private const string MakesEmbeddings = """ "capabilities": ["embeddings"], "price": { "inputPerMillion": 1.00 } """;

    private static readonly byte[] s_body = Encoding.UTF8.GetBytes("""{"model":"search","input":"a"}""");

    private readonly ManualTimeProvider _time = new();
    private FakeUpstream _good = null!;

    public static TheoryData<string> Survivable => [.. FaultTable.All.Where(static fault => !fault.IsFinal && fault.Ways.HasFlag(Ways.Plain)).Select(static fault => fault.Name)];

    public static TheoryData<string> Every => [.. FaultTable.All.Where(static fault => fault.Ways.HasFlag(Ways.Plain)).Select(static fault => fault.Name)];

    public async Task InitializeAsync()
    {
        _good = await FakeUpstream.StartAsync();
        _good.Default(Reply.Vector(0.5f, 0.25f));
    }

    public Task DisposeAsync() => _good.DisposeAsync().AsTask();

    [Theory, MemberData(nameof(Survivable))]
    public async Task Embed_AnotherDeploymentCanAnswer_TheClientSeesNothingElse(string name)
    {
        var fault = FaultTable.Find(name);
        await using var faulty = await fault.Upstream();
        await using var router = await RunningRouter.StartAsync(
            File(faulty, """{ "provider": "faulty", "name": "v" }, { "provider": "good", "name": "v", "priority": 1 }""").Provider("good", _good.OpenAiAddress), time: _time);

        var answer = await AskAsync(router, faulty, fault, Fault.MaxSilence);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        Assert.Equal([0.5f, 0.25f], answer.Json["data"]![0]!["embedding"]!.AsArray().Select(static number => (float)number!));
        Assert.Equal(2, answer.Attempts);
        Assert.Equal(await _good.BilledUsdAsync(), answer.CostUsd);
    }

    [Theory, MemberData(nameof(Every))]
    public async Task Embed_NoOtherDeployment_TheClientHearsWhatAChatsClientWould(string name)
    {
        var fault = FaultTable.Find(name);
        await using var faulty = await fault.Upstream();
        await using var router = await RunningRouter.StartAsync(File(faulty, """{ "provider": "faulty", "name": "v" }""", attempts: 1), time: _time);

        var answer = await AskAsync(router, faulty, fault, 10 * Fault.MaxSilence);

        Assert.Equal((fault.Status, fault.Code), ((int)answer.Status, answer.ErrorCode));
        if (fault.Says is { } words)
            Assert.Contains(words, answer.ErrorMessage, StringComparison.Ordinal);
    }

    private static RouterFile File(FaultyUpstream faulty, string deployments, int attempts = 4) => new RouterFile()
        .Provider("faulty", faulty.Address)
        .Model("vectors", ["faulty"], $$"""{ {{MakesEmbeddings}}, "deployments": [ {{deployments}} ] }""")
        .Route("search", ["vectors"], $$"""{ "limits": { "attempts": {{attempts}}, {{Fault.Limits}} } }""");

    /// <param name="router">Asked.</param>
    /// <param name="faulty">What it asks first.</param>
    /// <param name="fault">What that does.</param>
    /// <param name="patience">How long the router waits for it: for the last that may be asked, as long as the request has.</param>
    private async Task<ClientAnswer> AskAsync(RunningRouter router, FaultyUpstream faulty, Fault fault, TimeSpan patience)
    {
        var asking = router.PostAsync("v1/embeddings", s_body);
        if (fault.IsSilent)
        {
            await faulty.WaitForRequestsAsync(1);
            _time.Advance(patience);
        }

        return await asking;
    }
}
