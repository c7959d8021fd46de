using System.Diagnostics;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost.CommandLine;
using ServerlessRouter.LocalHost.Importing;
using ServerlessRouter.Testing;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Packaging;

/// <summary>What is given to others: the .NET tool installs and runs, the container's files say what they should.</summary>
public sealed class PackagingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-package-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Tool_FromAFolder_InstallsAndRuns()
    {
        var built = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        var feed = Path.Combine(_folder.FullName, "feed");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "nuget.config"), """<configuration><packageSources><clear /><add key="feed" value="feed" /></packageSources></configuration>""");

        await RunAsync("dotnet", RepositoryFolder.Path, "pack", Path.Combine(RepositoryFolder.Path, "src", "ServerlessRouter.LocalHost"), "--no-build", "-c", built, "--nologo", "-v", "q", "-o", feed);
        await RunAsync("dotnet", _folder.FullName, "tool", "install", "ServerlessRouter", "--tool-path", "tools", "--configfile", "nuget.config");
        var version = await RunAsync(Path.Combine(_folder.FullName, "tools", "serverless-router"), _folder.FullName, "--version");
        var plan = await RunAsync(Path.Combine(_folder.FullName, "tools", "serverless-router"), _folder.FullName, "route", "Hello");

        Assert.StartsWith("0.", version, StringComparison.Ordinal);
        Assert.Contains("Route      auto", plan, StringComparison.Ordinal);
        // SQLite comes for every platform, beside the assemblies.
        using var package = System.IO.Compression.ZipFile.OpenRead(Directory.GetFiles(feed, "*.nupkg").Single());
        Assert.All(new[] { "linux-x64", "linux-arm64", "osx-arm64", "win-x64" }, platform => Assert.Contains(package.Entries, entry => entry.FullName.Contains($"/{platform}/", StringComparison.Ordinal) && entry.Name.Contains("e_sqlite3", StringComparison.Ordinal)));
    }

    [Fact]
    public void Dockerfile_RunsAsNoRoot_WithAHealthCheckOfItsOwn()
    {
        var lines = File.ReadAllLines(Path.Combine(RepositoryFolder.Path, "Dockerfile"));

        Assert.Contains("USER $APP_UID", lines);
        Assert.Contains("VOLUME /data", lines);
        Assert.Contains(lines, static line => line.StartsWith("HEALTHCHECK", StringComparison.Ordinal) && line.EndsWith("""CMD ["/app/ServerlessRouter.LocalHost", "health"]""", StringComparison.Ordinal));
        Assert.Contains("""ENTRYPOINT ["/app/ServerlessRouter.LocalHost"]""", lines);
        Assert.DoesNotContain(lines, static line => line.Contains("apt-get", StringComparison.Ordinal));
    }

    [Fact]
    public void Compose_IsYaml_AndNeedsAKey()
    {
        var path = Path.Combine(RepositoryFolder.Path, "docs", "examples", "compose.yaml");
        var router = ForeignText.Read(File.ReadAllText(path), path)["services"]!["router"]!;

        Assert.Equal("true", router["read_only"]!.Text);
        Assert.Equal(["ALL"], router["cap_drop"]!.Texts());
        Assert.StartsWith("${ROUTER_KEY:?", router["environment"]!["ROUTER_KEY"]!.Text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(path)!, router["build"]!.Text!, "Dockerfile")));
    }

    [Fact]
    public async Task Health_RouterUp_ExitCode0_AndDown_1()
    {
        string address;
        await using (var process = RouterProcess.Start("--urls", "http://127.0.0.1:0"))
        {
            var banner = await process.ReadUntilAsync("Listening on");
            address = banner[banner.IndexOf("http://127", StringComparison.Ordinal)..].Trim();
            var up = await RouterProcess.RunAsync("health", "--url", address);
            Assert.Equal((0, ""), (up.ExitCode, up.Error));
        }

        var down = await RouterProcess.RunAsync("health", "--url", address);
        Assert.Equal(1, down.ExitCode);
        Assert.Contains(address, down.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", down.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "http://127.0.0.1:8080/")]
    [InlineData("9090", "http://127.0.0.1:9090/")]
    public void Health_WithoutAUrl_AsksWhereTheRouterListens(string? ports, string expected) =>
        Assert.Equal(new Uri(expected), HealthCommand.Address(null, name => name == "ASPNETCORE_HTTP_PORTS" ? ports : null));

    private static async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Patience.WaitAsync(process.WaitForExitAsync(), () => $"'{program} {string.Join(' ', arguments)}' to end");
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await error}");
        return await output;
    }
}
