using System.ClientModel;
using System.Diagnostics;
using Azure.AI.OpenAI;
using Azure.Core;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Clients;

/// <summary>The example of a .NET application that calls the router, as it is built, before a router with the example's configuration.</summary>
public sealed class DotnetClientExampleTests : IAsyncLifetime
{
    private const string Key = "the-secret-of-the-application-0123456789";

    /// <summary>Where the example is built to, with all that it needs, by the same configuration as these tests.</summary>
    private static readonly string Built = Path.Combine(
        RepositoryFolder.Path, "docs/examples/dotnet-client", Path.GetRelativePath(Path.Combine(RepositoryFolder.Path, "tests/ServerlessRouter.FunctionalTests"), AppContext.BaseDirectory));

    private readonly SecretVariable _key = new(Key);
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        var configuration = await File.ReadAllTextAsync(Path.Combine(Built, "client.router.json"));
        _router = await RunningRouter.StartAsync(configuration.Replace("env:ROUTER_KEY", _key.Reference, StringComparison.Ordinal));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task Example_ByKeyAndByCredential_EveryCallIsAnswered()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(Built, "DotnetClient.dll"), _router.Address.ToString() },
            Environment = { ["ROUTER_KEY"] = Key },
        };
        using var application = Process.Start(start)!;
        var (printing, complaining) = (application.StandardOutput.ReadToEndAsync(), application.StandardError.ReadToEndAsync());
        await Patience.WaitAsync(Task.WhenAll(printing, complaining), static () => "the example to end");
        await application.WaitForExitAsync();

        Assert.True(application.ExitCode == 0, await complaining);
        var printed = (await printing).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] calls = ["plain", "streamed", "tool", "embedding", "response", "batch"];
        Assert.Equal(["By key", .. calls, "By credential", .. calls], printed.Select(static line => line.Split(':')[0]));
        Assert.Equal(2, printed.Count(static line => line == "tool: weather, then Stop"));
        Assert.Equal(2, printed.Count(static line => line == "batch: 3 answers"));
    }

    /// <summary>What the README says of Entra.</summary>
    [Fact]
    public async Task Router_TokenThatIsNoKey_IsUnauthorized()
    {
        var credential = DelegatedTokenCredential.Create(static (_, _) => new AccessToken("eyJhbGciOiJSUzI1NiJ9.e30.c2ln", DateTimeOffset.MaxValue));

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => new AzureOpenAIClient(_router.Address, credential).GetChatClient("auto").CompleteChatAsync("Hello"));

        Assert.Equal(401, refused.Status);
    }
}
