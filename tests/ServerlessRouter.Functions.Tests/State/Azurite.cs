using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ServerlessRouter.Functions.Tests.State;

/// <summary>The storage emulator: one process of each service for all tests, started from the folder of the path in <c>AZURITE_TABLE</c>, or from PATH.</summary>
internal static class Azurite
{
    public const string PathVariable = "AZURITE_TABLE";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly int Port = FreePort();
    private static readonly int BlobPort = FreePort();
    private static readonly Lazy<Task> Started = new(static () => StartAsync("table", Port));
    private static readonly Lazy<Task> BlobsStarted = new(static () => StartAsync("blob", BlobPort));

    public static string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;TableEndpoint=http://127.0.0.1:{Port}/devstoreaccount1;BlobEndpoint=http://127.0.0.1:{BlobPort}/devstoreaccount1;";

    /// <summary>Completes when the tables answer.</summary>
    public static Task StartedAsync() => Started.Value;

    /// <summary>Completes when the blobs answer.</summary>
    public static Task BlobsStartedAsync() => BlobsStarted.Value;

    private static async Task StartAsync(string service, int port)
    {
        var folder = Path.GetDirectoryName(Environment.GetEnvironmentVariable(PathVariable)) ?? "";
        var start = new ProcessStartInfo(Path.Combine(folder, $"azurite-{service}"));
        foreach (var argument in (string[])[$"--{service}Host", "127.0.0.1", $"--{service}Port", $"{port}", "--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck"])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException("Azurite did not start.");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => process.Kill(entireProcessTree: true);

        using var tooLate = new CancellationTokenSource(Patience);
        while (true)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, port, tooLate.Token);
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
