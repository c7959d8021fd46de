using System.Diagnostics;
using Azure.Data.Tables;
using ServerlessRouter.Testing.Node;

namespace ServerlessRouter.Tools.MeasureTelemetry;

/// <summary>Azurite's tables, in memory, with the packages of <c>tests/azurite</c>.</summary>
internal sealed class Emulator : IDisposable
{
    private const string Account = "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly Process _process;

    private Emulator(Process process, int port) =>
        (_process, Service) = (process, new TableServiceClient($"DefaultEndpointsProtocol=http;{Account};TableEndpoint=http://127.0.0.1:{port}/devstoreaccount1;"));

    public TableServiceClient Service { get; }

    public static async Task<Emulator> StartAsync(int port)
    {
        var folder = await NodePackages.InstalledAsync("azurite", Console.Error.WriteLine);
        string[] ports = ["--blobPort", $"{port + 1}", "--queuePort", $"{port + 2}", "--tablePort", $"{port}"];
        var start = new ProcessStartInfo("node", ["start.js", "--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck", .. ports])
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // It ends when this process does, in whatever way, for its standard input ends then.
        var process = Process.Start(start)!;
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Table service is successfully listening", StringComparison.Ordinal) is not false)
                listening.TrySetResult();
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        // Where it ends instead, the first call says so.
        await listening.Task;
        return new Emulator(process, port);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
