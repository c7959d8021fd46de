using System.Net;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Door;

public sealed class ConnectionLimitTests
{
    [Fact]
    public async Task Connection_OneMoreThanMayBeOpen_IsToldSoAndServedOnceThereIsRoom()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream("mini", upstream).Route("auto", ["mini"]).Server("""{ "maxConnections": 2 }"""));
        await using var first = await RawClient.ConnectAsync(router.Address);
        await first.SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await first.ReadUntilAsync("200 OK");
        await using (var second = await RawClient.ConnectAsync(router.Address))
        {
            await second.SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await second.ReadUntilAsync("200 OK");

            await using var third = await RawClient.ConnectAsync(router.Address);
            var refusal = await third.ReadToEndAsync();

            Assert.StartsWith("HTTP/1.1 503 ", refusal, StringComparison.Ordinal);
            Assert.Contains("Retry-After: ", refusal, StringComparison.Ordinal);
            Assert.Contains("server.maxConnections", refusal, StringComparison.Ordinal);
        }

        await Eventually.HoldsAsync(async () => (await router.ChatAsync(ChatBodies.Plain())).Status == HttpStatusCode.OK, "a place for another connection");
    }
}
