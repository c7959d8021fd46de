using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>A folder that a demonstration shares with a router that is none.</summary>
public sealed class DemoFolderTests : IDisposable
{
    private const string AdminKey = "sk-the-admin";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-demo-");
    private readonly SecretVariable _admin = new(AdminKey);

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _admin.Dispose();
    }

    [Fact]
    public async Task Demo_OverAConfigurationThatRefersToASecret_IsRefused()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        using var key = new SecretVariable("sk-of-a-caller");
        await using (var router = await StartAsync(isDemo: false))
        {
            using var client = new HttpClient { BaseAddress = router.Address, Timeout = Patience.Limit };
            using var request = new HttpRequestMessage(HttpMethod.Put, "v1/admin/configuration") { Content = new StringContent(new RouterFile().Upstream("m", upstream).Key("team", key.Reference).ToString()) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
            using var put = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        }

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(isDemo: true));

        Assert.Contains("--demo lets every user of this machine in, so it uses no secrets", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_WithTheKeysOfADemonstration_IsServedOnThisMachineAlone()
    {
        await using (await StartAsync(isDemo: true))
        {
        }

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(isDemo: false, "http://0.0.0.0:0"));
        Assert.Contains("demo-key-of-support-bot", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--config", refused.Message, StringComparison.Ordinal);

        await using var local = await StartAsync(isDemo: false);
        Assert.True(local.Model.HasKeys);
    }

    private Task<LocalRouter> StartAsync(bool isDemo, string urls = "http://127.0.0.1:0") => LocalRouter.StartAsync(new LocalRouterOptions
    {
        IsDemo = isDemo, DataPath = Path.Combine(_folder.FullName, "data"), AdminKey = _admin.Reference, Urls = urls, LogLevel = LogLevel.None,
    });
}
