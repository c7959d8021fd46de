using System.Security.Cryptography;
using ServerlessRouter.Testing.Processes;
using Xunit;

namespace ServerlessRouter.Testing.Node;

/// <summary>The npm packages of a folder under <c>tests</c>. The first test process that needs them installs them with <c>npm ci</c>; they stay until the lock file changes. <c>.ci/run</c> does the same beside the build.</summary>
public static class NodePackages
{
    /// <summary>Shorter than the time after which a run without a result is aborted.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(160);

    /// <summary>The folder <c>tests/NAME</c> with its packages; the test is skipped where there is no Node. <paramref name="say"/> is told what takes long.</summary>
    public static async Task<string> InstalledAsync(string name, Action<string> say)
    {
        Skip.If(NodeProgram.WhyMissing is not null, NodeProgram.WhyMissing);
        var folder = Path.Combine(RepositoryFolder.Path, "tests", name);
        using var turn = await TakeTurnAsync(folder);
        var stamp = Path.Combine(folder, "node_modules", ".installed");
        var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"))));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
            return folder;

        say($"Installing the npm packages of tests/{name}; this happens once and takes a minute.");
        var since = TimeProvider.System.GetTimestamp();
        var end = await ProcessRun.ToEndAsync(NodeProgram.Npm, ["ci", "--no-audit", "--no-fund"], folder, Limit);
        if (end.ExitCode != 0)
            throw new InvalidOperationException($"`npm ci` in tests/{name} failed:\n{end.Output}{end.Errors}");
        await File.WriteAllTextAsync(stamp, wanted);
        say($"Installed the npm packages of tests/{name} in {TimeProvider.System.GetElapsedTime(since).TotalSeconds:0} s.");
        return folder;
    }

    /// <summary>Held by one process at a time; the system frees it when that process ends in whatever way.</summary>
    private static async Task<FileStream> TakeTurnAsync(string folder)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "obj")).FullName, "npm-ci.lock");
        using var tooLate = new CancellationTokenSource(Limit);
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, tooLate.Token);
            }
        }
    }
}
