using Xunit.Abstractions;

namespace ServerlessRouter.FunctionalTests.Clients;

/// <summary>Runs the tests of <c>tests/clients</c>, two files at a time.</summary>
public sealed class JavaScriptClients(IMessageSink messages) : IDisposable
{
    private const string Folder = "clients";

    public static readonly string[] Files = NodeTestFolder.FilesOf(Folder);

    private readonly NodeTestFolder _tests = new(Folder, atOnce: 2, TimeSpan.FromSeconds(120), messages);

    public Task PassAsync(string file) => _tests.PassAsync(file);

    public void Dispose() => _tests.Dispose();
}
