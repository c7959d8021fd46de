using System.Diagnostics;
using System.Text;
using ServerlessRouter.Testing;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>The built router, running in a process of its own.</summary>
internal sealed class RouterProcess : IAsyncDisposable
{
    private readonly Process _process;

    private RouterProcess(Process process) => _process = process;

    public static RouterProcess Start(params string[] arguments) => Start(new RouterSurroundings(), arguments);

    /// <summary>Starts it with variables of its own in its environment.</summary>
    public static RouterProcess Start(IEnumerable<(string Name, string Value)> environment, params string[] arguments) =>
        Start(new RouterSurroundings { Variables = [.. environment] }, arguments);

    /// <summary>Starts it in a folder and with variables of its own.</summary>
    public static RouterProcess Start(RouterSurroundings surroundings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = surroundings.Folder ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "ServerlessRouter.LocalHost.dll") },
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in surroundings.Variables)
            start.Environment[name] = value;
        return new RouterProcess(Process.Start(start)!);
    }

    /// <summary>Runs a command that ends by itself.</summary>
    public static Task<ProcessResult> RunAsync(params string[] arguments) => RunAsync("", arguments);

    /// <summary>Runs a command that reads <paramref name="input"/>.</summary>
    public static Task<ProcessResult> RunAsync(string input, string[] arguments) => RunAsync(new RouterSurroundings(), input, arguments);

    /// <summary>Runs a command that ends by itself, in a folder and with variables of its own.</summary>
    public static Task<ProcessResult> RunAsync(RouterSurroundings surroundings, params string[] arguments) => RunAsync(surroundings, "", arguments);

    private static async Task<ProcessResult> RunAsync(RouterSurroundings surroundings, string input, string[] arguments)
    {
        await using var running = Start(surroundings, arguments);
        var process = running._process;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Patience.WaitAsync(process.WaitForExitAsync(), () => $"'{string.Join(' ', arguments)}' to end");
        return new ProcessResult(process.ExitCode, await output, await error);
    }

    /// <summary>Everything printed up to the end of the line in which <paramref name="text"/> stands.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        var printed = new StringBuilder();
        var reading = Task.Run(async () =>
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                printed.AppendLine(line);
                if (line.Contains(text, StringComparison.Ordinal))
                    return;
            }
        });
        await Patience.WaitAsync(reading, () => $"the router to print '{text}'; it printed: {printed}");
        return printed.ToString();
    }

    /// <summary>Lets the process stop as a service manager does (Ctrl+C is ignored by what a script began in the background), and gives what it printed since the last look.</summary>
    public async Task<string> InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        var rest = _process.StandardOutput.ReadToEndAsync();
        await Patience.WaitAsync(rest, () => "the router to stop");
        return await rest;
    }

    /// <summary>The names of the libraries that it has loaded.</summary>
    public IReadOnlyList<string> Modules()
    {
        _process.Refresh();
        return [.. _process.Modules.Cast<ProcessModule>().Select(static module => module.ModuleName)];
    }

    /// <summary>Ends the process and gives what it printed to standard error.</summary>
    public async Task<string> StopForErrorsAsync()
    {
        _process.Kill();
        return await _process.StandardError.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
