using System.Collections.Frozen;
using System.Text.Json.Nodes;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using Xunit;

namespace ServerlessRouter.Core.Tests.Keys;

/// <summary>What a key must not be, and what an admin must not issue.</summary>
public sealed class KeyBoundsTests
{
    private static readonly AdminAct Team = new(new AdminModel("team", AdminRole.Keys) { Tiers = FrozenSet.Create("pro") }, "r-1");

    private readonly KeyFleet _fleet = new();

    [Theory]
    [InlineData("search", """{"tier":"gold"}""", "tier", "is not a configured tier. Allowed: pro, default")]
    [InlineData("search", """{"tier":"pro","routes":["mini"]}""", "routes[0]", "a key never allows more than its tier")]
    [InlineData("search", """{"tire":"pro"}""", "tire", "there is no member \"tire\" here; did you mean \"tier\"?")]
    [InlineData("search", """{"secret":"env:KEY"}""", "secret", "there is no member \"secret\" here")]
    [InlineData("search", """{"expires":"2025-12-31"}""", "expires", "is in the past")]
    [InlineData("search", """{"tier":"gold","expires":"soon"}""", "tier", "The key has 2 errors:")]
    [InlineData("search", """{"budget":{"usd":0,"per":"month"}}""", "budget.usd", "")]
    [InlineData("search", """{"budget":{"usd":5,"per":"fortnight"}}""", "budget.per", "fortnight")]
    [InlineData("search", """{"budget":[{"usd":5,"per":"day"},{"usd":6,"per":"day"}]}""", "budget[1].per", "one period has one budget")]
    [InlineData("search", """{"requestsPerMinute":0}""", "requestsPerMinute", "")]
    [InlineData("search", """{"tokensPerMinute":-2}""", "tokensPerMinute", "")]
    [InlineData("search", """{"concurrentRequests":0.5}""", "concurrentRequests", "")]
    [InlineData("search", """{"metdata":{}}""", "metdata", "did you mean \"metadata\"? Allowed: name, metadata, tier")]
    [InlineData("", "{}", "name", "'name' must be a text")]
    [InlineData("", """{"nme":"x"}""", "name", "there is no member \"nme\" here; did you mean \"name\"?")]
    [InlineData("sk-proj-1", "{}", "name", "looks like a secret")]
    [InlineData("two words", "{}", "name", "visible ASCII characters without spaces")]
    public async Task Key_ThatCannotBe_IsRefusedWithTheReason(string name, string terms, string param, string message)
    {
        var error = (await (await _fleet.StartAsync()).TryIssueAsync(name, terms)).Error!;

        Assert.Equal((RouterErrorCode.InvalidRequest, param), (error.Code, error.Param));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("team-a", "in the configuration")]
    [InlineData("search", "already")]
    public async Task Name_OfAnotherKey_IsRefused(string name, string where)
    {
        var here = await _fleet.StartAsync();
        await here.IssueAsync("search");

        var error = (await here.TryIssueAsync(name)).Error!;

        Assert.Equal((RouterErrorCode.Conflict, 409, "name"), (error.Code, error.Status, error.Param));
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_BoundToTiers_IssuesAndChangesWithinThemAlone()
    {
        var here = await _fleet.StartAsync();
        var (id, _) = await here.IssueAsync("search", """{"tier":"pro"}""", Team);

        Assert.Equal(RouterErrorCode.PermissionDenied, (await here.TryIssueAsync("other", "{}", Team)).Error!.Code);
        Assert.Contains("may issue keys of the tier pro only, not of 'default'", (await here.ChangeAsync(id, """{"tier":null}""", Team)).Error!.Message, StringComparison.Ordinal);
        Assert.Null((await here.ChangeAsync(id, """{"routes":["auto"]}""", Team)).Error);
    }

    [Fact]
    public async Task Admin_OfTheRoleKeys_KnowsItsOwnKeysAlone()
    {
        var here = await _fleet.StartAsync();
        var (id, _) = await here.IssueAsync("owners", """{"tier":"pro"}""");
        var (own, _) = await here.IssueAsync("own", """{"tier":"pro"}""", Team);

        Assert.Equal([own], (await here.Admin.ListAsync(Team.Admin, null, 10, CancellationToken.None)).Keys.Select(static key => key.Id));
        Assert.Equal(RouterErrorCode.NotFound, (await here.Admin.FindAsync(Team.Admin, id, CancellationToken.None)).Error!.Code);
        Assert.Equal(RouterErrorCode.NotFound, (await here.ChangeAsync(id, "{}", Team)).Error!.Code);
        Assert.Equal(RouterErrorCode.NotFound, (await here.Admin.DeleteAsync(Team, id, CancellationToken.None)).Error!.Code);
        Assert.Equal(RouterErrorCode.NotFound, (await here.Admin.RotateAsync(Team, id, TimeSpan.Zero, CancellationToken.None)).Error!.Code);
        Assert.Equal(RouterErrorCode.NotFound, (await here.Admin.SetDisabledAsync(Team, id, true, CancellationToken.None)).Error!.Code);
        Assert.Equal(2, (await here.Admin.ListAsync(AdminModel.Owner, null, 10, CancellationToken.None)).Keys.Count);
    }

    [Fact]
    public async Task Change_IsAMergePatch()
    {
        var here = await _fleet.StartAsync();
        var (id, secret) = await here.IssueAsync("search", """{"tier":"pro","routes":["auto"],"expires":"2026-06-30"}""");

        Assert.Null((await here.ChangeAsync(id, """{"routes":null,"tags":{"team":"search"}}""")).Error);

        var (caller, _) = here.Call(secret);
        Assert.Equal(("pro", null, 2026, "search"), (caller!.Tier.Name, caller.Allowed, caller.ExpiresAt!.Value.Year, caller.Tags["team"]));
    }

    [Fact]
    public async Task EveryChange_LeavesALineThatTellsWhoWhyAndWhatAndNoSecret()
    {
        var here = await _fleet.StartAsync();
        var (id, secret) = await here.IssueAsync("search", """{"tier":"pro"}""", Team with { Reason = "new team" });
        await here.ChangeAsync(id, """{"routes":["auto"]}""");
        var rotated = await here.Admin.RotateAsync(KeyFleet.Owner, id, TimeSpan.FromHours(1), CancellationToken.None);
        await here.Admin.DeleteAsync(KeyFleet.Owner, id, CancellationToken.None);

        var lines = new List<AuditEntry>();
        await foreach (var line in _fleet.Audit.ReadAsync(null, CancellationToken.None))
            lines.Add(line);

        Assert.Equal(["key.change", "key.create", "key.delete", "key.rotate"], lines.Select(static line => line.Action).Order());
        Assert.All(lines, static line => Assert.Equal(("search", AuditOutcomes.Done), (line.Subject, line.Outcome)));
        var created = lines.Single(static line => line.Action == "key.create");
        Assert.Equal(("team", "new team", null), (created.Who, created.Reason, created.Before));
        Assert.Equal("pro", (string?)JsonNode.Parse(created.After!)!["tier"]);
        var changed = lines.Single(static line => line.Action == "key.change");
        Assert.Null(JsonNode.Parse(changed.Before!)!["routes"]);
        Assert.Equal("auto", (string?)JsonNode.Parse(changed.After!)!["routes"]![0]);
        Assert.Null(lines.Single(static line => line.Action == "key.delete").After);
        Assert.All(lines, line => Assert.DoesNotContain(secret, line.Before + line.After, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.DoesNotContain(rotated.Secret!, line.Before + line.After, StringComparison.Ordinal));
    }
}
