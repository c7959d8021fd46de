using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Admission;

/// <summary>Keys that are known and not accepted, or known elsewhere than in the configuration.</summary>
public sealed class KeyLifeTests
{
    private static readonly DateTimeOffset End = new(2027, 6, 30, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Key_UntilItsEnd_IsAccepted() => Assert.Null(Find(static caller => caller with { ExpiresAt = End }, End.AddTicks(-1)));

    [Fact]
    public void Key_AtItsEnd_IsRefusedByNameAndNeverRepeated()
    {
        var error = Find(static caller => caller with { ExpiresAt = End }, End);

        Assert.Equal((RouterErrorCode.InvalidApiKey, 401), (error!.Code, error.Status));
        Assert.Equal("The key 'ann' expired at 2027-06-30T00:00:00Z. Ask the router's owner for another one.", error.Message);
        Assert.False(error.ShouldRetry);
    }

    [Fact]
    public void Key_Disabled_IsRefusedByName() =>
        Assert.Equal("The key 'ann' is disabled. The router's owner can enable it again.", Find(static caller => caller with { IsDisabled = true }, End)!.Message);

    [Fact]
    public void Job_OfAKeyThatExpired_IsRefusedLikeTheKey()
    {
        var router = Router(static caller => caller with { ExpiresAt = End }, new ScriptedKeyRing(End));

        Assert.Contains("expired at", CallerIdentity.Recall(router, "ann", out _)!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KeyState.Undecided, RouterErrorCode.TemporarilyUnavailable)]
    [InlineData(KeyState.WithoutTier, RouterErrorCode.PermissionDenied)]
    [InlineData(KeyState.Unknown, RouterErrorCode.InvalidApiKey)]
    public void Key_ThatOnlyTheRingCouldKnow_IsRefusedAsTheRingSays(KeyState state, RouterErrorCode code)
    {
        var router = Router(static caller => caller, new ScriptedKeyRing(End) { Finding = new KeyFinding(state) });

        var error = CallerIdentity.Find(router, new ListedHeaders(("x-api-key", "sr-another")), out var caller);

        Assert.Equal(code, error!.Code);
        Assert.Null(caller);
        Assert.DoesNotContain("sr-another", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Router_WhoseRingHasKeys_ServesNoCallerWithoutOne()
    {
        var router = new RouterBuilder().Model("mini").Build();
        Assert.Null(CallerIdentity.Find(router, new ListedHeaders(), out _));

        new RouterModelSource(router).Use(new ScriptedKeyRing(End));

        Assert.Equal(RouterErrorCode.InvalidApiKey, CallerIdentity.Find(router, new ListedHeaders(), out _)!.Code);
    }

    [Fact]
    public void Ring_IsKnownToEveryLaterConfiguration()
    {
        var (source, next) = (new RouterModelSource(new RouterBuilder().Model("mini").Build()), new RouterBuilder().Model("mini").Build());
        source.Use(new ScriptedKeyRing(End));

        source.Publish(next);

        Assert.True(next.HasKeys);
    }

    private static RouterError? Find(Func<CallerModel, CallerModel> set, DateTimeOffset now) =>
        CallerIdentity.Find(Router(set, new ScriptedKeyRing(now)), new ListedHeaders(("x-api-key", "sk-ann")), out _);

    private static RouterModel Router(Func<CallerModel, CallerModel> set, IKeyRing ring)
    {
        var router = new RouterBuilder().Model("mini").Key("sk-ann", "ann", set).Build();
        new RouterModelSource(router).Use(ring);
        return router;
    }

    private sealed class ScriptedKeyRing(DateTimeOffset now) : IKeyRing
    {
        public KeyFinding Finding { get; init; }

        public DateTimeOffset Now => now;

        public bool HasKeys => true;

        public KeyFinding Find(RouterModel router, ReadOnlySpan<char> secret) => Finding;

        public CallerModel? Recall(RouterModel router, string name) => null;
    }
}
