using System.Net;
using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>What became of a request is told by the id of its answer, over a restart too, and never what was said.</summary>
public sealed class RecordsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-records-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, InlineData(false), InlineData(true)]
    public async Task Record_OfARequest_IsFoundByItsIdWhileTheRouterRunsAndAfterARestart(bool stream)
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var file = new RouterFile().Upstream("m", upstream).Route("auto", ["m"]).Records(30);
        await using (var router = await RunningRouter.StartAsync(file, _folder.FullName))
        {
            await router.ChatAsync(ChatBodies.For(stream, "a secret prompt"), ("x-request-id", "mine/1"));
            await Eventually.HoldsAsync(async () => (await router.GetAsync("v1/requests/mine%2F1")).Status == HttpStatusCode.OK, "the record of the request");
        }

        await using var restarted = await RunningRouter.StartAsync(file, _folder.FullName);
        var answer = await restarted.GetAsync("v1/requests/mine%2F1");

        Assert.Equal(
            ("mine/1", "live", "auto", "m", stream, 200),
            ((string?)answer.Json["id"], (string?)answer.Json["kind"], (string?)answer.Json["route"], (string?)answer.Json["model"], (bool)answer.Json["stream"]!, (int)answer.Json["status"]!));
        Assert.Equal(await upstream.BilledUsdAsync(), (decimal)answer.Json["cost"]!);
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
        Assert.Single((await restarted.GetAsync("v1/requests")).Json["data"]!.AsArray());
    }
}
