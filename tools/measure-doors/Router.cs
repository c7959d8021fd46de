using System.Diagnostics;
using System.Globalization;

namespace ServerlessRouter.Tools.MeasureDoors;

/// <summary>A router that was started to be measured, alone on the first processor.</summary>
internal sealed class Router : IDisposable
{
    // Of Linux, whatever the processor.
    private const double TicksPerSecond = 100;

    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;

    private Router(string name, int port, Process process) => (Name, Address, _process) = (name, new Uri($"http://127.0.0.1:{port}"), process);

    public string Name { get; }

    public Uri Address { get; }

    /// <summary>Processor time it has taken, in user mode and in the kernel.</summary>
    public double CpuSeconds
    {
        get
        {
            var fields = File.ReadAllText($"/proc/{_process.Id}/stat").Split(' ');
            return (double.Parse(fields[13], CultureInfo.InvariantCulture) + double.Parse(fields[14], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    public static Task<Router> StartAsync(string folder, int port, string configuration) => StartAsync(folder, port, ["--config", configuration], new Dictionary<string, string>());

    public static async Task<Router> StartAsync(string folder, int port, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("taskset", ["-c", "0", Path.Combine(folder, "ServerlessRouter.LocalHost"), .. arguments, "--urls", $"http://127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["VENDOR_KEY"] = "none";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var router = new Router(Path.GetFileName(folder.TrimEnd('/')), port, process);
        using var client = new HttpClient();
        for (var isUp = false; !isUp;)
        {
            if (process.HasExited)
                throw new InvalidOperationException($"'{folder}' ended with {process.ExitCode}.");
            try
            {
                // A router with keys answers as well, if only that one is needed.
                using var answer = await client.GetAsync(new Uri(router.Address, "/v1/models"));
                isUp = true;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(StartPause, TimeProvider.System);
            }
        }

        return router;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
