using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Node;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace ServerlessRouter.Functions.Tests.State;

/// <summary>The storage emulator: one process for all tests, with its data in memory. A test without Node is skipped.</summary>
public sealed partial class Azurite(IMessageSink messages)
{
    private const string Account =
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;";

    private static readonly Lock Gate = new();
    private static Task<string>? _started;

    /// <summary>The connection string of its account, once tables and blobs answer.</summary>
    public Task<string> ConnectAsync()
    {
        lock (Gate)
            return _started ??= StartAsync();
    }

    private async Task<string> StartAsync()
    {
        var folder = await NodePackages.InstalledAsync("azurite", message => messages.OnMessage(new DiagnosticMessage(message)));
        var start = new ProcessStartInfo(NodeProgram.Node, ["start.js", "--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck", .. Ports("blob", "queue", "table")])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // It ends when this process does, in whatever way, for its standard input ends then.
        var process = Process.Start(start)!;
        var printed = new ConcurrentQueue<string>();
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Patience.WaitAsync(listening.Task, () => $"Azurite to listen; it printed: {string.Join('\n', printed)}");
        return Account + string.Concat(Endpoints(printed).Select(static endpoint => $"{endpoint.Service}Endpoint={endpoint.Address}/devstoreaccount1;"));

        void Read(string? line)
        {
            printed.Enqueue(line ?? "(the end)");
            if (Endpoints(printed).Count() == 3)
                listening.TrySetResult();
        }
    }

    private static IEnumerable<string> Ports(params string[] services) => services.SelectMany(static service => (string[])[$"--{service}Host", "127.0.0.1", $"--{service}Port", "0"]);

    private static IEnumerable<(string Service, string Address)> Endpoints(IEnumerable<string> printed) =>
        printed.Select(static line => Listening().Match(line)).Where(static match => match.Success).Select(static match => (match.Groups["service"].Value, match.Groups["address"].Value));

    [GeneratedRegex(@"^Azurite (?<service>Blob|Queue|Table) service is successfully listening at (?<address>http://[^/\s]+)")]
    private static partial Regex Listening();
}
