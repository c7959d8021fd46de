using Microsoft.Extensions.Logging;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>What <c>--data</c> keeps, and what it refuses.</summary>
public sealed class StateFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-state-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Restart_BreakerIsOpen_StaysOpenOnlyWithAFolder(bool hasFolder)
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var file = new RouterFile().Upstream("m", upstream).Route("auto", ["m"]);
        var path = hasFolder ? _folder.FullName : null;
        await using (var router = await RunningRouter.StartAsync(file, path))
        {
            upstream.Next(Reply.QuotaExhausted());
            await router.ChatAsync(ChatBodies.Plain());
            Assert.NotNull(await router.ObstacleAsync("auto"));
        }

        await using var restarted = await RunningRouter.StartAsync(file, path);

        Assert.Equal(hasFolder, await restarted.ObstacleAsync("auto") is not null);
    }

    [Fact]
    public async Task Serve_FolderIsInUse_ExitCode1WithTheReason()
    {
        await using var first = RouterProcess.Start("--urls", "http://127.0.0.1:0", "--data", _folder.FullName);
        Assert.Contains($"Data    {_folder.FullName}", await first.ReadUntilAsync("curl "), StringComparison.Ordinal);

        var second = await RouterProcess.RunAsync("--urls", "http://127.0.0.1:0", "--data", _folder.FullName);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"'{_folder.FullName}' is in use by another process", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("router.db", "is damaged")]
    [InlineData("journal", "is damaged at byte 0")]
    public async Task Start_FileOfTheFolderIsDamaged_IsRefusedByNameAndLeftAsItIs(string name, string reason)
    {
        var file = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(file, "these are notes, which are no state of a router, however long they are");

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(_folder.FullName));

        Assert.Contains($"'{file}' {reason}", refused.Message, StringComparison.Ordinal);
        Assert.Equal("these are notes, which are no state of a router, however long they are", await File.ReadAllTextAsync(file));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Serve_SqliteIsLoadedOnlyWithAFolder(bool hasFolder)
    {
        string[] data = hasFolder ? ["--data", _folder.FullName] : [];
        await using var router = RouterProcess.Start(["--urls", "http://127.0.0.1:0", .. data]);
        await router.ReadUntilAsync("curl ");

        Assert.Equal(hasFolder, router.Modules().Any(static module => module.Contains("sqlite", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Start_FolderIsAFile_IsRefusedByName()
    {
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "");

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(file));

        Assert.Contains($"'{file}' cannot be used", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortIsTaken_IsRefusedAndLeavesTheFolderFree()
    {
        await using var other = await RunningRouter.StartAsync(new RouterFile().Upstream("m", new Uri("http://127.0.0.1:9/v1/")));

        await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(_folder.FullName, other.Address.ToString()));

        await using var router = await StartAsync(_folder.FullName);
    }

    private static Task<LocalRouter> StartAsync(string path, string urls = "http://127.0.0.1:0") => LocalRouter.StartAsync(
        new LocalRouterOptions { DataPath = path, Urls = urls, LogLevel = LogLevel.None });
}
