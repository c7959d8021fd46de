using System.Diagnostics;

namespace ServerlessRouter.Testing.Processes;

/// <summary>Programs that end by themselves.</summary>
public static class ProcessRun
{
    /// <summary>Runs one to its end; after <paramref name="limit"/> it is ended with all it started, and the exception says what it had printed.</summary>
    public static async Task<ProcessEnd> ToEndAsync(string program, IEnumerable<string> arguments, string folder, TimeSpan limit, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var tooLate = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(tooLate.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"`{program} {string.Join(' ', start.ArgumentList)}` was not done after {limit.TotalSeconds:0} s. It printed:\n{await output}{await errors}");
        }

        return new ProcessEnd(process.ExitCode, await output, await errors);
    }
}
