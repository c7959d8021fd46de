using Xunit;

namespace ServerlessRouter.FunctionalTests.Dashboard;

/// <summary>The dashboard in a browser, over a router with traffic. A row is a file of its tests in <c>tests/dashboard</c>; its failure names each test that failed.</summary>
public sealed class DashboardBrowserTests(DashboardBrowser browser) : IClassFixture<DashboardBrowser>
{
    public static TheoryData<string> Files => [.. DashboardBrowser.Files];

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public Task TestsOfTheFile_AllPass(string file) => browser.PassAsync(file);
}
