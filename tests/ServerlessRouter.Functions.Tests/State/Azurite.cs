using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ServerlessRouter.Functions.Tests.State;

/// <summary>The storage emulator: one process for all tests, started from the path in <c>AZURITE_TABLE</c>, or as <c>azurite-table</c> from PATH.</summary>
internal static class Azurite
{
    public const string PathVariable = "AZURITE_TABLE";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly int Port = FreePort();
    private static readonly Lazy<Task> Started = new(StartAsync);

    public static string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;TableEndpoint=http://127.0.0.1:{Port}/devstoreaccount1;";

    /// <summary>Completes when it answers.</summary>
    public static Task StartedAsync() => Started.Value;

    private static async Task StartAsync()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable(PathVariable) ?? "azurite-table");
        foreach (var argument in (string[])["--tableHost", "127.0.0.1", "--tablePort", $"{Port}", "--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck"])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException("Azurite did not start.");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => process.Kill(entireProcessTree: true);

        using var tooLate = new CancellationTokenSource(Patience);
        while (true)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, Port, tooLate.Token);
                return;
            }
            catch (SocketException) when (!process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), tooLate.Token);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
