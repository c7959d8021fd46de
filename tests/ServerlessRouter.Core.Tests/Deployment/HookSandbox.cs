using System.Diagnostics;
using ServerlessRouter.Testing;

namespace ServerlessRouter.Core.Tests.Deployment;

/// <summary>A copy of the hooks with stand-ins for <c>az</c>, <c>curl</c> and <c>dotnet</c> that keep a vault and a router in files.</summary>
internal sealed class HookSandbox : IDisposable
{
    private const string Az = """
        #!/bin/sh
        echo "az $*" >>"$STUB/calls"
        action=$3
        while [ $# -gt 0 ]; do
          case "$1" in
            --name) name=$2 ;;
            --file) file=$2 ;;
            --query) query=$2 ;;
          esac
          shift
        done
        denials=$(cat "$STUB/denials" 2>/dev/null || echo 0)
        if [ "$denials" -gt 0 ]; then
          echo $((denials - 1)) >"$STUB/denials"
          echo "(Forbidden) Caller is not authorized" >&2
          exit 1
        fi
        case "$action" in
          list) name=$(printf %s "$query" | sed "s/.*=='\\(.*\\)'.*/\\1/"); if [ -f "$STUB/vault/$name" ]; then echo 1; else echo 0; fi ;;
          set) cp "$file" "$STUB/vault/$name" ;;
          show) cat "$STUB/vault/$name" ;;
          *) echo "unexpected: $action" >&2; exit 2 ;;
        esac
        """;

    private const string Curl = """
        #!/bin/sh
        method=GET
        echo "curl $*" >>"$STUB/calls"
        while [ $# -gt 0 ]; do
          case "$1" in
            --config) header=$(cat "$2") ;;
            --request) method=$2 ;;
            --upload-file) upload=$2 ;;
            --output) output=$2 ;;
            http*) url=$1 ;;
          esac
          shift
        done
        echo "$method $url $header" >>"$STUB/requests"
        status=$(head -n 1 "$STUB/statuses" 2>/dev/null)
        if [ -n "$status" ]; then
          sed -i.old 1d "$STUB/statuses"
        elif [ "$method" = PUT ]; then
          cp "$upload" "$STUB/active"
          status=200
        elif [ -f "$STUB/active" ]; then
          status=200
        else
          status=404
        fi
        echo "the router's answer" >"$output"
        [ "$status" != 000 ] || exit 7
        printf %s "$status"
        """;

    private const string Dotnet = """
        #!/bin/sh
        for last; do :; done
        cp "$last" "$STUB/validated"
        exit "$(cat "$STUB/validity" 2>/dev/null || echo 0)"
        """;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("router-hooks-");
    private readonly Dictionary<string, string> _settings = new()
    {
        ["AZURE_ENV_NAME"] = "dev",
        ["AZURE_KEY_VAULT_NAME"] = "kv-dev",
        ["AZURE_SUBSCRIPTION_ID"] = "sub-1",
        ["ROUTER_URL"] = "https://router.example",
        ["AZURE_OPENAI_ENDPOINT"] = "https://oai-dev.openai.azure.com/",
        ["AZURE_OPENAI_LOCATION"] = "swedencentral",
        ["AZURE_OPENAI_CHEAP_MODEL"] = "gpt-5.4-mini",
        ["AZURE_OPENAI_CHEAP_CAPACITY"] = "100",
        ["AZURE_OPENAI_STRONG_MODEL"] = "gpt-5.4",
        ["AZURE_OPENAI_STRONG_CAPACITY"] = "50",
        ["ROUTER_RETRY_SECONDS"] = "0",
        ["ROUTER_RETRIES"] = "3",
    };

    public HookSandbox()
    {
        foreach (var folder in (string[])["bin", "stub/vault", "infra/hooks"])
            _root.CreateSubdirectory(folder);
        foreach (var hook in Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "infra", "hooks"), "*.sh"))
            File.Copy(hook, PathOf("infra", "hooks", Path.GetFileName(hook)));
        File.Copy(Path.Combine(RepositoryFolder.Path, "infra", "router.template.json"), PathOf("infra", "router.template.json"));
        foreach (var (name, script) in (IEnumerable<(string, string)>)[("az", Az), ("curl", Curl), ("dotnet", Dotnet)])
        {
            File.WriteAllText(PathOf("bin", name), script + "\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(PathOf("bin", name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The configuration that azd's environment keeps.</summary>
    public string ConfigurationPath => PathOf(".azure", "dev", "router.json");

    /// <summary>Every call of a stand-in, as a process list would show it.</summary>
    public string Calls => Stub("calls") ?? "";

    /// <summary>Requests to the router: method, URL, and what curl read as its header.</summary>
    public string[] Requests => Stub("requests")?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>What was put; null when nothing was.</summary>
    public string? Active => Stub("active");

    /// <summary>Sets a setting of azd's environment, or takes it away.</summary>
    public HookSandbox Setting(string name, string? value)
    {
        if (value is null)
            _settings.Remove(name);
        else
            _settings[name] = value;
        return this;
    }

    /// <summary>Writes a file that a stand-in reads: <c>denials</c>, <c>statuses</c>, <c>validity</c>, <c>active</c>.</summary>
    public HookSandbox Given(string name, string content)
    {
        File.WriteAllText(PathOf("stub", name), content);
        return this;
    }

    /// <summary>A secret of the vault; null when there is none.</summary>
    public string? Secret(string name) => Stub("vault", name);

    public async Task<HookResult> RunAsync(string hook, params string[] arguments)
    {
        var start = new ProcessStartInfo("sh") { WorkingDirectory = _root.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(PathOf("infra", "hooks", hook));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in _settings)
            start.Environment[name] = value;
        start.Environment["STUB"] = PathOf("stub");
        start.Environment["PATH"] = $"{PathOf("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await Patience.WaitAsync(Task.WhenAll(process.WaitForExitAsync(), output, error), () => $"the hook {hook} to end");
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new HookResult(process.ExitCode, await output, await error);
    }

    public string PathOf(params string[] parts) => Path.Combine([_root.FullName, .. parts]);

    public void Dispose() => _root.Delete(recursive: true);

    private string? Stub(params string[] parts) => PathOf(["stub", .. parts]) is var path && File.Exists(path) ? File.ReadAllText(path) : null;
}
