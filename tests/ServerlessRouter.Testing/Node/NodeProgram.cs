using System.ComponentModel;
using System.Diagnostics;

namespace ServerlessRouter.Testing.Node;

/// <summary>Node and npm, as they are found on PATH.</summary>
public static class NodeProgram
{
    public const string Node = "node";

    /// <summary>The oldest version that the clients run on.</summary>
    private static readonly Version Oldest = new(20, 11);

    private static readonly Lazy<string?> Missing = new(FindWhyMissing);

    public static string Npm => OperatingSystem.IsWindows() ? "npm.cmd" : "npm";

    /// <summary>Why tests that need Node cannot run here; null where they can.</summary>
    public static string? WhyMissing => Missing.Value;

    private static string? FindWhyMissing()
    {
        try
        {
            var printed = VersionOf(Node);
            _ = VersionOf(Npm);
            return Version.TryParse(printed.TrimStart('v'), out var version) && version >= Oldest ? null : $"Needs Node {Oldest} or later; this is {printed}.";
        }
        catch (Win32Exception)
        {
            return $"Needs Node {Oldest} or later, with npm.";
        }
    }

    private static string VersionOf(string program)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }
}
