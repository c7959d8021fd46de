using ServerlessRouter.FunctionalTests.Clients;
using Xunit.Abstractions;

namespace ServerlessRouter.FunctionalTests.Dashboard;

/// <summary>Runs the tests of <c>tests/dashboard</c>: one file after the other, because a browser and a router keep two processors busy.</summary>
public sealed class DashboardBrowser(IMessageSink messages) : IDisposable
{
    private const string Folder = "dashboard";

    public static readonly string[] Files = NodeTestFolder.FilesOf(Folder);

    private readonly NodeTestFolder _tests = new(Folder, atOnce: 1, TimeSpan.FromSeconds(150), messages);

    public Task PassAsync(string file) => _tests.PassAsync(file);

    public void Dispose() => _tests.Dispose();
}
