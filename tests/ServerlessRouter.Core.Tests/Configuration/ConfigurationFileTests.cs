using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public sealed class ConfigurationFileTests : IAsyncLifetime, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-configuration-");
    private readonly ManualTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private readonly List<RouterModel> _published = [];
    private RouterModelSource _source = null!;
    private ConfigurationFile _file = null!;

    private string FilePath => Path.Combine(_folder.FullName, "router.json");

    public async Task InitializeAsync()
    {
        await File.WriteAllBytesAsync(FilePath, ConfigurationDraft.ValidText);
        _source = new RouterModelSource((await ConfigurationDraft.Loader().LoadAsync(ConfigurationDraft.ValidText)).Model!);
        _source.Changed += _published.Add;
        _file = new ConfigurationFile(FilePath, ConfigurationDraft.Loader(), _source, _time, _log.CreateLogger<ConfigurationFile>());
    }

    public async Task DisposeAsync() => await _file.DisposeAsync();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Check_Unchanged_PublishesNothing()
    {
        await CheckAsync(3);

        Assert.Empty(_published);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task Check_SecretIsRotated_RunsOnTheNewOneWithinFiveMinutes()
    {
        var secret = "before-the-rotation-1";
        await using var file = new ConfigurationFile(FilePath, new RouterConfigLoader(ProviderKinds.All, [new EnvironmentSecretResolver(_ => secret)]), _source, _time, _log.CreateLogger<ConfigurationFile>());
        for (var reads = 0; reads < 3; reads++)
            await file.ReadOnceAsync(CancellationToken.None);
        Assert.Empty(_published);

        secret = "after-the-rotation-2";
        await file.ReadOnceAsync(CancellationToken.None);
        Assert.Empty(_published);
        _time.Advance(ConfigurationFile.SecretsInterval);
        await file.ReadOnceAsync(CancellationToken.None);

        Assert.Contains(KeyHash.Of(secret), Assert.Single(_published).CallersByKeyHash.Keys);
        Assert.DoesNotContain(_log.Entries, entry => entry.Mentions(secret));
        secret = null!;
        _time.Advance(ConfigurationFile.SecretsInterval);
        await file.ReadOnceAsync(CancellationToken.None);
        Assert.Single(_published);
    }

    [Fact]
    public async Task Check_SomethingElseSpeaksAgainstIt_KeepsTheModelAndSaysWhat()
    {
        var before = _source.Current;
        await using var file = new ConfigurationFile(FilePath, ConfigurationDraft.Loader(), _source, _time, _log.CreateLogger<ConfigurationFile>())
        {
            CheckAsync = static (_, _) => new([new ConfigurationProblem("keys.team-a", "has the name of a key that was issued")]),
        };
        await WriteAsync(Changed());
        for (var reads = 0; reads < 4; reads++)
            await file.ReadOnceAsync(CancellationToken.None);

        Assert.Same(before, _source.Current);
        Assert.Single(_log.Entries, static entry => entry.Mentions("keys.team-a"));
    }

    [Fact]
    public async Task Check_Changed_PublishesOnceSettled()
    {
        await WriteAsync(Changed());

        await CheckAsync(1);
        Assert.Empty(_published);
        await CheckAsync(3);

        Assert.Same(_source.Current, Assert.Single(_published));
        Assert.Equal(4096, _source.Current.MaxRequestBytes);
    }

    [Fact]
    public async Task Check_HalfWritten_WaitsForTheRest()
    {
        await File.WriteAllBytesAsync(FilePath, Changed()[..300]);
        await CheckAsync(1);
        await WriteAsync(Changed());
        await CheckAsync(2);

        Assert.Equal(4096, Assert.Single(_published).MaxRequestBytes);
        Assert.Empty(_log.AtLeast(LogLevel.Warning));
    }

    [Fact]
    public async Task Check_Bad_KeepsTheModelAndReportsEveryErrorOnce()
    {
        var before = _source.Current;
        await WriteAsync(new ConfigurationDraft().Set("models.mini.contextWindow", "0").Set("routes.auto.candidates.0", "\"mni\"").ToText());

        await CheckAsync(5);

        Assert.Same(before, _source.Current);
        Assert.Empty(_published);
        Assert.Equal(3, _log.AtLeast(LogLevel.Error).Count);
        Assert.Contains(_log.Entries, entry => entry.Mentions("routes.auto.candidates[0]"));
        Assert.Contains(_log.Entries, entry => entry.Mentions("has 2 errors"));
    }

    [Fact]
    public async Task Check_BadThenAsBefore_GoesOnWithoutAWord()
    {
        await WriteAsync("{"u8.ToArray());
        await CheckAsync(2);
        await WriteAsync(ConfigurationDraft.ValidText);
        await CheckAsync(2);

        Assert.Equal(RouterConfigLoader.VersionOf(ConfigurationDraft.ValidText), _source.Current.Version);
    }

    [Fact]
    public async Task Check_MissingForAMoment_SaysSoOnceAndFollowsTheNewFile()
    {
        File.Delete(FilePath);
        await CheckAsync(3);
        Assert.Single(_log.AtLeast(LogLevel.Warning));
        Assert.Empty(_published);

        var replacement = FilePath + ".new";
        await File.WriteAllBytesAsync(replacement, Changed());
        File.Move(replacement, FilePath);
        await CheckAsync(2);

        Assert.Equal(4096, Assert.Single(_published).MaxRequestBytes);
    }

    [Fact]
    public async Task Check_Secrets_AreNeverLogged()
    {
        await WriteAsync(new ConfigurationDraft().Set("providers.vendor.credential", "\"pr0vider-s3cret\"").ToText());

        await CheckAsync(2);

        _log.AssertNeverMentions("s3cret", LogLevel.Trace);
    }

    [Fact(Timeout = 30_000)]
    public async Task Start_FileReplaced_IsFollowedAsTimePasses()
    {
        var changed = new TaskCompletionSource<RouterModel>(TaskCreationOptions.RunContinuationsAsynchronously);
        _source.Changed += model => changed.TrySetResult(model);
        _file.Start();
        await WriteAsync(Changed());

        while (!changed.Task.IsCompleted)
        {
            await _time.WaitForTimersAsync();
            _time.Advance(ConfigurationFile.ReadInterval);
            await Task.Yield();
        }

        Assert.Equal(4096, (await changed.Task).MaxRequestBytes);
    }

    [Fact]
    public async Task Dispose_Following_EndsTheLoop()
    {
        _file.Start();
        await _time.WaitForTimersAsync();

        await _file.DisposeAsync();

        Assert.Equal(0, _time.ArmedTimers);
    }

    private static byte[] Changed() => new ConfigurationDraft().Set("server", """{"maxRequestBytes":4096}""").ToText();

    private Task WriteAsync(byte[] text) => File.WriteAllBytesAsync(FilePath, text);

    private async Task CheckAsync(int times)
    {
        for (var time = 0; time < times; time++)
            await _file.ReadOnceAsync(CancellationToken.None);
    }
}
