using System.Net;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Functions.Secrets;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Secrets;

public sealed class KeyVaultSecretResolverTests : IAsyncLifetime, IDisposable
{
    private const string Secret = "s3cret-value-of-the-vault";

    private readonly ManualTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private FakeVault _vault = null!;
    private KeyVaultSecretResolver _resolver = null!;
    private int _opened;

    public async Task InitializeAsync()
    {
        _vault = await FakeVault.StartAsync();
        _vault.Secrets["caller-key"] = Secret;
        _resolver = new KeyVaultSecretResolver(
            () =>
            {
                _opened++;
                return _vault.Open();
            },
            _time,
            _log.CreateLogger<KeyVaultSecretResolver>());
    }

    public async Task DisposeAsync()
    {
        await _vault.DisposeAsync();
        _log.AssertNeverMentions(Secret, LogLevel.Trace);
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Resolve_NeverAsked_OpensNoVault()
    {
        Assert.Equal(0, _opened);
        Assert.Equal(Secret, (await ResolveAsync()).Secret);
        Assert.Equal(1, _opened);
    }

    [Fact]
    public async Task Resolve_AskedAgain_ReadsTheVaultOnceInAnInterval()
    {
        await ResolveAsync();
        _vault.Secrets["caller-key"] = "rotated";
        _time.Advance(KeyVaultSecretResolver.RefreshInterval - TimeSpan.FromSeconds(1));
        Assert.Equal(Secret, (await ResolveAsync()).Secret);
        Assert.Equal(1, _vault.Reads);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("rotated", (await ResolveAsync()).Secret);
        Assert.Equal(2, _vault.Reads);
    }

    [Fact]
    public async Task Resolve_VaultFailsLater_KeepsWhatWasReadAndSaysSo()
    {
        await ResolveAsync();
        _vault.Refusal = (int)HttpStatusCode.ServiceUnavailable;
        _time.Advance(KeyVaultSecretResolver.RefreshInterval);

        Assert.Equal(Secret, (await ResolveAsync()).Secret);
        Assert.Contains(_log.AtLeast(LogLevel.Warning), static entry => entry.Mentions("what was last read stays in use"));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "has no secret of the name")]
    [InlineData(HttpStatusCode.Forbidden, "Key Vault Secrets User")]
    public async Task Resolve_SecretIsTakenAway_IsForgotten(HttpStatusCode status, string expected)
    {
        await ResolveAsync();
        _vault.Refusal = (int)status;
        _time.Advance(KeyVaultSecretResolver.RefreshInterval);

        Assert.Contains(expected, (await ResolveAsync()).Problem, StringComparison.Ordinal);

        _vault.Refusal = (int)HttpStatusCode.ServiceUnavailable;
        Assert.Null((await ResolveAsync()).Secret);
    }

    [Fact]
    public async Task Resolve_VaultFailsAtOnce_SaysThatItDidNotAnswer()
    {
        _vault.Refusal = (int)HttpStatusCode.ServiceUnavailable;

        Assert.Contains("did not answer (503", (await ResolveAsync()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_AddressRefusesConnections_SaysThatItDidNotAnswer()
    {
        await _vault.StopAsync();

        Assert.Contains("did not answer", (await ResolveAsync()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_EmptySecret_IsNone()
    {
        _vault.Secrets["caller-key"] = "";

        Assert.Contains("is empty", (await ResolveAsync()).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sk_s3cret")]
    [InlineData("a/b")]
    public async Task Resolve_NoNameOfASecret_IsRefusedWithoutRepeatingItOrAsking(string name)
    {
        var problem = (await _resolver.ResolveAsync(name, CancellationToken.None)).Problem;

        Assert.Contains("is no name of a secret", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(name, problem, StringComparison.Ordinal);
        Assert.Equal(0, _opened);
    }

    [Fact]
    public async Task Resolve_AppWithoutAVault_SaysWhatToSet()
    {
        var resolver = new KeyVaultSecretResolver(static () => null, _time, _log.CreateLogger<KeyVaultSecretResolver>());

        Assert.Contains("AZURE_KEY_VAULT_ENDPOINT", (await resolver.ResolveAsync("caller-key", CancellationToken.None)).Problem, StringComparison.Ordinal);
    }

    private async Task<Configuration.Secrets.SecretResolution> ResolveAsync() => await _resolver.ResolveAsync("caller-key", CancellationToken.None);
}
