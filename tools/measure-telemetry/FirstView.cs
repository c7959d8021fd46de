using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ServerlessRouter.Testing.Node;
using ServerlessRouter.Tools.MeasureDoors;

namespace ServerlessRouter.Tools.MeasureTelemetry;

/// <summary>How long the dashboard of a demonstration takes until it shows its first figures, in Chromium.</summary>
internal static class FirstView
{
    public static async Task RunAsync(string folder, int port, int rounds)
    {
        await NodePackages.InstalledAsync("dashboard", Console.Error.WriteLine);
        using var router = await Router.StartAsync(folder, port, ["--demo"], new Dictionary<string, string>());
        var start = new ProcessStartInfo("node", [Script(), router.Address.ToString(), $"{rounds}"]) { RedirectStandardOutput = true };
        using var browser = Process.Start(start)!;
        var output = await browser.StandardOutput.ReadToEndAsync();
        await browser.WaitForExitAsync();
        using var told = JsonDocument.Parse(output);
        Console.WriteLine("\n| first view of the dashboard | ms, median | slowest | requests | bytes over the wire |\n| --- | --- | --- | --- | --- |");
        foreach (var kind in told.RootElement.EnumerateArray())
        {
            var times = kind.GetProperty("milliseconds").EnumerateArray().Select(static time => time.GetDouble()).ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {kind.GetProperty("name").GetString()} | {Rounds.Median(times):0} | {times.Max():0} | {kind.GetProperty("requests").GetInt32()} | {kind.GetProperty("bytes").GetInt64()} |"));
        }
    }

    private static string Script([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "first-view.mjs");
}
