using System.Collections.Frozen;
using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Governance.Enforcement;

/// <summary>Limits that callers share, of a route, a model, a tier or a tag.</summary>
public sealed class SharedLimitTests
{
    [Fact]
    public async Task Invoke_SharedLimits_HoldForWhatTheyAreOf()
    {
        var (route, tier, tag) = (Shared("route"), Shared("tier"), Shared("tag"));
        var scene = new LimitScene
        {
            Shared = new SharedLimits
            {
                ByRoute = new Dictionary<string, ImmutableArray<LimitModel>> { ["auto"] = [route] }.ToFrozenDictionary(),
                ByTier = new Dictionary<string, ImmutableArray<LimitModel>> { ["pro"] = [tier], ["free"] = [Shared("other")] }.ToFrozenDictionary(),
                ByTag = [new TagLimits("team", "search", [tag])],
            },
        };
        var context = scene.Request();
        context.Caller = context.Caller! with { Tags = new Dictionary<string, string> { ["team"] = "search" }.ToFrozenDictionary() };

        await scene.BeginAsync(context);
        await scene.SendAsync();

        Assert.Equal([("Tier", "pro"), ("Route", "auto"), ("Tag", "team=search")], scene.Ledger.Reserved[0].Select(static claim => (claim.Subject.Kind.ToString(), claim.Subject.Name)));
        Assert.Equal(["Tier", "Route"], scene.Ledger.Reserved[1].Select(static claim => claim.Subject.Kind.ToString()));
    }

    [Fact]
    public async Task Invoke_ModelIsAtItsLimit_AnotherCandidateAnswers()
    {
        var ofLarge = Shared("large-cap", 1);
        var scene = new LimitScene
        {
            Models = ["large", "mini"],
            Shared = new SharedLimits { ByModel = new Dictionary<string, ImmutableArray<LimitModel>> { ["large"] = [ofLarge] }.ToFrozenDictionary() },
        };
        Assert.Null(await scene.SendAsync(look: static context => Assert.Equal("large", context.Plan.Candidates[0].Model.Name)));

        Assert.Null(await scene.SendAsync(look: static context => Assert.Equal(["mini"], context.Plan.Candidates.Select(static candidate => candidate.Model.Name))));

        Assert.Equal(1, scene.Standing(ofLarge, SubjectKind.Model, "large").Used);
    }

    [Fact]
    public async Task Settle_AnotherModelAnswered_CountsAtItsOwnLimit()
    {
        var (ofLarge, ofMini) = (Shared("large-cap", 5), Shared("mini-cap", 5));
        var scene = new LimitScene
        {
            Models = ["large", "mini"],
            Shared = new SharedLimits
            {
                ByModel = new Dictionary<string, ImmutableArray<LimitModel>> { ["large"] = [ofLarge], ["mini"] = [ofMini] }.ToFrozenDictionary(),
            },
        };
        var context = scene.Request();
        await scene.BeginAsync(context);

        LimitScene.Answer(context, 10, candidate: 1);
        LimitScene.Settle(context);

        Assert.Equal((0, 1), (scene.Standing(ofLarge, SubjectKind.Model, "large").Used, scene.Standing(ofMini, SubjectKind.Model, "mini").Used));
    }

    [Fact]
    public async Task Invoke_OnlyAnotherModelHasALimit_TakesNothing()
    {
        var ofLarge = Shared("large-cap", 1);
        var scene = new LimitScene
        {
            Models = ["mini", "large"],
            Shared = new SharedLimits { ByModel = new Dictionary<string, ImmutableArray<LimitModel>> { ["large"] = [ofLarge] }.ToFrozenDictionary() },
        };

        Assert.Null(await scene.SendAsync());

        Assert.Empty(scene.Ledger.Reserved);
        Assert.Equal(0, scene.Standing(ofLarge, SubjectKind.Model, "large").Used);
    }

    private static LimitModel Shared(string name, int amount = 10) => new($"{name}.requestsPerMinute", LimitMeasure.Requests, amount, LimitWindow.Minute);
}
