using Azure.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers.Upstream;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public sealed class EntraTokenSourceTests
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedCredential _credential;

    public EntraTokenSourceTests() => _credential = new ScriptedCredential(() => _time.GetUtcNow() + Life);

    [Fact]
    public async Task GetAsync_WhileValid_AsksOnceForAzuresScope()
    {
        await using var tokens = Source();

        var first = await tokens.GetAsync(default);
        var second = await tokens.GetAsync(default);

        Assert.Equal("Bearer token-1", first.Authorization);
        Assert.Same(first, second);
        Assert.Equal("https://cognitiveservices.azure.com/.default", Assert.Single(_credential.Scopes));
    }

    [Fact]
    public async Task GetAsync_ShortBeforeExpiry_AnswersAtOnceAndRefreshesBehind()
    {
        await using var tokens = Source();
        var first = await tokens.GetAsync(default);
        _time.Advance(Life - EntraTokenSource.RefreshAhead);
        var held = _credential.HoldNext();

        var meanwhile = tokens.GetAsync(default);
        Assert.True(meanwhile.IsCompletedSuccessfully);
        Assert.Same(first, await meanwhile);
        await _credential.WaitForSecondCallAsync();
        held.SetResult();
        _time.Advance(EntraTokenSource.RefreshAhead);

        Assert.Equal("Bearer token-2", (await tokens.GetAsync(default)).Authorization);
    }

    [Fact]
    public async Task GetAsync_ManyAtOnce_AskOnce()
    {
        await using var tokens = Source();
        var held = _credential.HoldNext();

        var waiting = Enumerable.Range(0, 20).Select(_ => tokens.GetAsync(default).AsTask()).ToList();
        held.SetResult();

        Assert.Single((await Task.WhenAll(waiting)).Distinct());
        Assert.Single(_credential.Scopes);
    }

    [Fact]
    public async Task GetAsync_CredentialFails_IsAFailureAndIsTriedAgainLater()
    {
        await using var tokens = Source();
        _credential.FailNext(new AuthenticationFailedException("no"));

        var failed = await tokens.GetAsync(default);
        var stillFailed = await tokens.GetAsync(default);
        _time.Advance(EntraTokenSource.RetryDelay);
        var healed = await tokens.GetAsync(default);

        Assert.Equal(FailureKind.CredentialRefused, failed.Failure!.Kind);
        Assert.Same(failed, stillFailed);
        Assert.Equal("Bearer token-2", healed.Authorization);
    }

    [Fact]
    public async Task GetAsync_CallerLeaves_ThrowsForThatCallerOnly()
    {
        await using var tokens = Source();
        var held = _credential.HoldNext();
        using var cancel = new CancellationTokenSource();

        var leaving = tokens.GetAsync(cancel.Token).AsTask();
        var staying = tokens.GetAsync(default).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        held.SetResult();

        Assert.Equal("Bearer token-1", (await staying).Authorization);
    }

    [Fact]
    public async Task Authenticate_Entra_SendsABearer()
    {
        await using var tokens = Source();
        using var request = new HttpRequestMessage();

        Assert.Null(await new EntraAuthenticator(tokens).AuthenticateAsync(request, default));

        Assert.Equal("Bearer token-1", request.Headers.GetValues("Authorization").Single());
    }

    private EntraTokenSource Source() => new(() => _credential, _time, NullLogger<EntraTokenSource>.Instance);
}
