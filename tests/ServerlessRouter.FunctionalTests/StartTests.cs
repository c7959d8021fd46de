using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>How the router starts where a newcomer starts it, and what it says when it does not.</summary>
public sealed class StartTests : IDisposable
{
    private const string AnyPort = "http://127.0.0.1:0";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-start-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData]
    [InlineData("--data", "state")]
    public async Task Serve_RouterJsonInTheCurrentFolder_IsUsedAndNamed(params string[] arguments)
    {
        var path = Write("router.json", Good());
        await using var process = RouterProcess.Start(new RouterSurroundings(_folder.FullName), ["--urls", AnyPort, .. arguments]);

        var banner = await process.ReadUntilAsync("curl ");

        Assert.Contains($"Config  {path}, version", banner, StringComparison.Ordinal);
        Assert.Contains("Routes  team", banner, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Serve_KeyInTheEnvironmentAndAFile_ToldWhereTheFileHasNoKeys(bool hasKeys)
    {
        var file = new RouterFile().Upstream("m", new Uri("http://127.0.0.1:9/v1/")).Route("auto", ["m"]);
        Write("router.json", (hasKeys ? file.Key("default", "env:ROUTER_KEY") : file).ToString());
        var here = new RouterSurroundings(_folder.FullName) { Variables = [("ROUTER_KEY", "not-a-key-of-anyone")] };
        await using var process = RouterProcess.Start(here, "--urls", AnyPort);

        var banner = await process.ReadUntilAsync("curl ");

        Assert.Equal(!hasKeys, banner.Contains("""Note    ROUTER_KEY is not used, because the configuration has no key that names it: add "keys": { "default": { "secret": "env:ROUTER_KEY" } }""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_RouterJsonBesideWhatAnAdminKeeps_IsNotUsed()
    {
        Write("router.json", Good());
        var here = new RouterSurroundings(_folder.FullName) { Variables = [("ROUTER_TEST_ADMIN", "the-key-of-the-admin")] };
        await using var process = RouterProcess.Start(here, "--urls", AnyPort, "--data", "state", "--admin-key", "env:ROUTER_TEST_ADMIN");

        var banner = await process.ReadUntilAsync("curl ");

        Assert.Contains("Config  built in", banner, StringComparison.Ordinal);
        Assert.Contains("router.json in this folder is not used", banner, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("route", "Hello")]
    [InlineData("validate")]
    public async Task Command_RouterJsonInTheCurrentFolder_IsUsedAndNamed(params string[] command)
    {
        var path = Write("router.json", Good());

        var run = await RouterProcess.RunAsync(new RouterSurroundings(_folder.FullName), command);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(path, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_NoFileAnywhere_SaysToNameOne()
    {
        var run = await RouterProcess.RunAsync(new RouterSurroundings(_folder.FullName), "validate");

        AssertRefused(run, "Name the configuration to check");
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:{0}")]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:{0}", "ASPNETCORE_HTTP_PORTS", "1")]
    public async Task Serve_VariableNamesAddresses_IsHonoured(params string[] variables)
    {
        var port = FreePort();
        await using var process = RouterProcess.Start(Variables(variables, port));

        Assert.Contains($"Listening on http://127.0.0.1:{port}", await process.ReadUntilAsync("Listening"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_OptionAndVariable_TheOptionHolds()
    {
        var port = FreePort();
        await using var process = RouterProcess.Start(Variables(["ASPNETCORE_URLS", "http://127.0.0.1:1"], port), "--urls", $"http://127.0.0.1:{port}");

        Assert.Contains($"Listening on http://127.0.0.1:{port}", await process.ReadUntilAsync("Listening"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no key is configured", "ASPNETCORE_HTTP_PORTS", "8123")]
    [InlineData("ASPNETCORE_URLS: 'nonsense' is not an address", "ASPNETCORE_URLS", "nonsense")]
    [InlineData("ASPNETCORE_HTTP_PORTS: 'http://*:many' is not an address", "ASPNETCORE_HTTP_PORTS", "many")]
    public async Task Serve_VariableCannotBeUsed_SaysWhy(string expected, params string[] variables) =>
        AssertRefused(await RouterProcess.RunAsync(Variables(variables, 0)), expected);

    [Theory]
    [InlineData("http://127.0.0.1:99999", "is not an address to listen on")]
    [InlineData("http://127.0.0.1:8080/router", "is not an address to listen on")]
    [InlineData("ftp://127.0.0.1:8080", "is not an address to listen on")]
    [InlineData("http://localhost:many", "is not an address to listen on")]
    [InlineData(";", "--urls names no address")]
    [InlineData("http://203.0.113.7:8080", "no key is configured")]
    public async Task Serve_AddressCannotBeUsed_SaysWhy(string urls, string expected) => AssertRefused(await RouterProcess.RunAsync("--urls", urls), expected);

    [Fact]
    public async Task Serve_PortIsInUse_OneSentenceWithTheFlagToUse()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var run = await RouterProcess.RunAsync("--urls", $"http://127.0.0.1:{port}");

        AssertRefused(run, $"Port {port} is in use by another program", $"--urls http://127.0.0.1:{port + 1}");
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Serve_SecondOfTwoPortsIsInUse_NamesThatOne()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        AssertRefused(await RouterProcess.RunAsync("--urls", $"http://127.0.0.1:0;http://localhost:{port}"), $"Port {port} is in use by another program");
    }

    [Fact]
    public async Task Serve_AddressOfAnotherMachine_OneSentenceWithTheFlagToUse()
    {
        var path = Write("keyed.json", new RouterFile().Upstream("m", new Uri("http://127.0.0.1:9/v1/")).Route("auto", ["m"]).Key("me", "sha256:" + new string('a', 64)).ToString());

        var run = await RouterProcess.RunAsync("--config", path, "--urls", "http://203.0.113.7:8123");

        AssertRefused(run, "203.0.113.7 is no address of this machine", "--urls http://0.0.0.0:8123");
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(SocketError.AccessDenied, "This user may not listen on port 80", "--urls http://127.0.0.1:8080")]
    [InlineData(SocketError.AddressAlreadyInUse, "Port 80 is in use", "--urls http://127.0.0.1:81")]
    [InlineData(SocketError.AddressFamilyNotSupported, "no addresses of the kind of 127.0.0.1", "--urls http://127.0.0.1:80")]
    [InlineData(SocketError.NoBufferSpaceAvailable, "cannot listen on http://127.0.0.1:80", "--urls")]
    public void ListenFault_OfAnyKind_IsASentenceWithTheFlagToUse(SocketError error, params string[] expected)
    {
        var sentence = ListenFault.Describe(new InvalidOperationException("wrapped", new SocketException((int)error)), [BindingAddress.Parse("http://127.0.0.1:80")]);

        Assert.All(expected, words => Assert.Contains(words, sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void ListenFault_OfAnotherKind_IsNone() => Assert.Null(ListenFault.Describe(new InvalidOperationException("a bug"), [BindingAddress.Parse("http://127.0.0.1:80")]));

    [Fact]
    public async Task Serve_LocalhostWithAnyPort_Serves()
    {
        await using var process = RouterProcess.Start("--urls", "http://localhost:0");

        Assert.Contains("Listening on http://127.0.0.1:", await process.ReadUntilAsync("Listening"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sends   spans, metrics and logs by OTLP (grpc) to http://127.0.0.1:4317/", "http://127.0.0.1:4317", "")]
    [InlineData("Sends   spans, metrics and logs by OTLP (http/protobuf) to https://collector.example/otel", "https://team:s3cret@collector.example/otel", "http/protobuf")]
    [InlineData("Note    OTEL_EXPORTER_OTLP_ENDPOINT is no address of http or https", "127.0.0.1:4317", "grpc")]
    [InlineData("Note    OTEL_EXPORTER_OTLP_ENDPOINT is no address of http or https", "localhost:4317", "grpc")]
    [InlineData("Note    OTEL_EXPORTER_OTLP_PROTOCOL is neither grpc nor http/protobuf", "http://127.0.0.1:4317", "http")]
    public async Task Serve_CollectorIsNamed_SaysWhereToOrWhyNot(string expected, string endpoint, string protocol)
    {
        var surroundings = new RouterSurroundings { Variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)] };
        await using var process = RouterProcess.Start(surroundings, "--urls", AnyPort);

        var banner = await process.ReadUntilAsync("Listening");
        Assert.Contains(expected, banner, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", banner, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sk-my-own-admin-key-0001", "is not the key itself: write env:NAME")]
    [InlineData("env:ROUTER_TEST_UNSET", "the environment variable ROUTER_TEST_UNSET is not set")]
    [InlineData("env:ROUTER_TEST_QUOTED", "the environment variable ROUTER_TEST_QUOTED has quotes around its value")]
    [InlineData("sha256:abc", "the 64 hex digits")]
    [InlineData("keyvault:admin", "this host has no keyvault: secrets")]
    public async Task Serve_AdminKeyLeadsToNoKey_SaysWhyAndDoesNotRepeatIt(string reference, string expected)
    {
        var run = await RouterProcess.RunAsync(new RouterSurroundings { Variables = [("ROUTER_TEST_QUOTED", "\"sk-quoted-s3cret\"")] }, "--urls", AnyPort, "--admin-key", reference);

        AssertRefused(run, "--admin-key", expected);
        Assert.DoesNotContain("sk-", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCommand_ConfigurationIsAFolder_SaysToNameTheFile()
    {
        foreach (var command in new[] { new[] { "validate" }, ["serve", "--config"], ["route", "Hello", "--config"] })
            AssertRefused(await RouterProcess.RunAsync([.. command, _folder.FullName]), $"{_folder.FullName} is a folder", "router.json");
    }

    [Fact]
    public async Task AnyCommand_ConfigurationDoesNotExist_SaysHowToMakeOne()
    {
        foreach (var command in new[] { new[] { "validate" }, ["serve", "--config"], ["route", "Hello", "--config"] })
            AssertRefused(await RouterProcess.RunAsync([.. command, Path.Combine(_folder.FullName, "none.json")]), "none.json does not exist. Make one with: serverless-router init.");
    }

    [Fact]
    public async Task Keys_NoRouterRuns_SaysSoInSentences()
    {
        var run = await RouterProcess.RunAsync(new RouterSurroundings { Variables = [("ROUTER_ADMIN_KEY", "the-key-of-the-admin")] }, "keys", "list", "--url", "http://127.0.0.1:9");

        AssertRefused(run, "The router cannot be reached: ", "(127.0.0.1:9). Name another with --url.");
    }

    [Fact]
    public async Task Serve_DataIsAFile_SaysSo() => AssertRefused(await RouterProcess.RunAsync("--urls", AnyPort, "--data", Write("file", "x")), "--data", "folder");

    [Fact]
    public async Task Serve_FileIsEdited_PrintsThatItCountsOrWhatIsWrong()
    {
        var path = Write("router.json", Good());
        await using var process = RouterProcess.Start(new RouterSurroundings(_folder.FullName), "--urls", AnyPort);
        await process.ReadUntilAsync("codex ");

        Write("router.json", new RouterFile().Upstream("m", new Uri("http://127.0.0.1:9/v1/")).Route("team", ["m"]).Key("me", "env:ROUTER_TEST_LATER").ToString());
        Assert.Contains("the environment variable ROUTER_TEST_LATER is not set for this process", await process.ReadUntilAsync("requests stay on version"), StringComparison.Ordinal);
        Write("router.json", new RouterFile().Upstream("m", new Uri("http://127.0.0.1:9/v1/"), """{"quality":{"default":0.7}}""").Route("team", ["m"]).ToString());

        Assert.Contains($"{path} changed; new requests run on version ", await process.ReadUntilAsync("new requests run"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_ConfigurationWithWarnings_PrintsThem()
    {
        var path = Write("warned.json", new RouterFile().Upstream("m", new Uri("http://127.0.0.1:9/v1/")).Route("auto", ["m"]).Tier("pro", """{"requestsPerMinute":5,"atLimit":"downgrade"}""").ToString());
        await using var process = RouterProcess.Start("--config", path, "--urls", AnyPort);
        await process.ReadUntilAsync("curl ");

        Assert.Contains("warning: tiers.pro.atLimit: changes nothing without a budget", await process.StopForErrorsAsync(), StringComparison.Ordinal);
    }

    private static void AssertRefused(ProcessResult run, params string[] expected)
    {
        Assert.Equal(1, run.ExitCode);
        Assert.All(expected, words => Assert.Contains(words, run.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", run.Error + run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Error + run.Output, StringComparison.Ordinal);
    }

    private static RouterSurroundings Variables(string[] pairs, int port) =>
        new() { Variables = [.. pairs.Chunk(2).Select(pair => (pair[0], pair[1].Replace("{0}", $"{port}", StringComparison.Ordinal)))] };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Good() => new RouterFile().Upstream("m", new Uri("http://127.0.0.1:9/v1/"), """{"quality":{"default":0.8}}""").Route("team", ["m"]).ToString();

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
