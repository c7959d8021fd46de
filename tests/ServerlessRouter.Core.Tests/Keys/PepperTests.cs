using ServerlessRouter.Keys;
using Xunit;

namespace ServerlessRouter.Core.Tests.Keys;

/// <summary>The secret under which keys are kept, and another one in its place.</summary>
public sealed class PepperTests
{
    private static readonly string Old = new('o', 40);
    private static readonly string Young = new('y', 40);

    private readonly KeyFleet _fleet = new();
    private readonly Dictionary<string, string> _variables = new() { ["OLD"] = Old, ["YOUNG"] = Young, ["SHORT"] = "short" };

    [Fact]
    public async Task Pepper_Changed_KeysAreMovedAsTheyAreUsedAndThenNeedTheOldOneNoMore()
    {
        var before = await _fleet.StartAsync(options: Options("env:OLD"));
        var (_, used) = await before.IssueAsync("used");
        var (_, unused) = await before.IssueAsync("unused");

        var during = await _fleet.StartAsync(options: Options("env:YOUNG", "env:OLD"));
        during.AssertAccepted(used, "used");
        await during.TurnAsync();
        await before.TurnAsync();
        during.AssertAccepted(used, "used");
        // Instances that were not restarted yet know it too, for a while.
        before.AssertAccepted(used, "used");

        var after = await _fleet.StartAsync(options: Options("env:YOUNG"));
        after.AssertAccepted(used, "used");
        after.AssertRefused(unused);
        during.AssertAccepted(unused, "unused");
    }

    [Fact]
    public async Task Pepper_ChangedInTheVault_ComesIntoUseWithoutARestart()
    {
        _variables["PEPPER"] = Old;
        var (here, there) = (await _fleet.StartAsync(options: Options("env:PEPPER")), await _fleet.StartAsync(options: Options("env:PEPPER")));
        var (_, first) = await here.IssueAsync("first");
        _fleet.Time.Advance(TimeSpan.FromMinutes(1));
        await there.TurnAsync();

        _variables["PEPPER"] = Young;
        _fleet.Time.Advance(IssuedKeyOptions.DefaultSecretsInterval - TimeSpan.FromMinutes(1));
        await here.TurnAsync();
        var (_, second) = await here.IssueAsync("second");
        // The other one looked at the vault a while ago, and looks again when it sees a key under a pepper it does not know.
        await there.TurnAsync();

        foreach (var instance in new[] { here, there })
        {
            instance.AssertAccepted(first, "first");
            instance.AssertAccepted(second, "second");
        }
    }

    [Fact]
    public async Task Pepper_DrawnAndLaterNamed_KeysOfBothAreAccepted()
    {
        var (_, first) = await (await _fleet.StartAsync()).IssueAsync("first");

        var named = await _fleet.StartAsync(options: Options("env:YOUNG"));
        var (_, second) = await named.IssueAsync("second");

        named.AssertAccepted(first, "first");
        named.AssertAccepted(second, "second");
    }

    [Fact]
    public async Task Pepper_StolenTable_IsWorthNothingWithoutIt()
    {
        var here = await _fleet.StartAsync(options: Options("env:OLD"));
        var (_, secret) = await here.IssueAsync("search");

        (await _fleet.StartAsync(options: Options("env:YOUNG"))).AssertRefused(secret);
    }

    [Theory]
    [InlineData("env:SHORT", null, "fewer than 32 characters")]
    [InlineData("env:MISSING", null, "the environment variable MISSING is not set")]
    [InlineData("the-pepper-itself-written-where-its-name-belongs", null, "is not the pepper itself")]
    [InlineData(null, "env:OLD", "the one in place of the previous pepper is missing")]
    public async Task Pepper_ThatCannotBe_IsSaidAtTheStartAndNotRepeated(string? pepper, string? previous, string message)
    {
        var problem = await Options(pepper, previous).FindProblemAsync(CancellationToken.None);

        Assert.Contains(message, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("itself-written", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Pepper_Id_TellsNothingAboutIt()
    {
        Assert.NotEqual(new KeyPepper(Old).Id, new KeyPepper(Young).Id);
        Assert.Equal(12, new KeyPepper(Old).Id.Length);
    }

    private IssuedKeyOptions Options(string? pepper, string? previous = null) => KeyFleet.Peppers(name => _variables.GetValueOrDefault(name), pepper, previous);
}
