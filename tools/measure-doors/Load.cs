using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ServerlessRouter.Tools.MeasureDoors;

/// <summary>Sends one kind of request over a few connections, by <c>wrk</c>.</summary>
internal static class Load
{
    private const int Connections = 8;
    private const int SlowConnections = 32;

    private const string Script = """
        wrk.method = "POST"
        wrk.headers["content-type"] = "application/json"
        wrk.headers["authorization"] = "Bearer any"
        wrk.body = os.getenv("MEASURE_BODY")
        done = function(s, l, r)
          io.write(string.format("@@ %d %d\n", s.requests, s.errors.status + s.errors.connect + s.errors.read + s.errors.write + s.errors.timeout))
        end
        """;

    /// <summary>Answers with the requests that were answered.</summary>
    public static async Task<int> RunAsync(Router router, Row row, int seconds)
    {
        var script = Path.Combine(Path.GetTempPath(), $"measure-doors-{Environment.ProcessId}.lua");
        await File.WriteAllTextAsync(script, Script);
        var start = new ProcessStartInfo(
            "wrk", ["-t1", $"-c{(row.Form == AnswerForm.SlowStream ? SlowConnections : Connections)}", $"-d{seconds}s", "--timeout", "10s", "-s", script, new Uri(router.Address, row.Door).ToString()]) { RedirectStandardOutput = true };
        start.Environment["MEASURE_BODY"] = row.Body;
        using var wrk = Process.Start(start)!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        File.Delete(script);
        var told = output.Split('\n').First(static line => line.StartsWith("@@", StringComparison.Ordinal)).Split(' ');
        if (told[2] != "0")
            throw new InvalidOperationException($"{told[2]} requests of '{row.Name}' failed.");
        return int.Parse(told[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Answers with what is wrong with an answer, or null.</summary>
    public static async Task<string?> CheckAsync(Router router, Row row)
    {
        using var client = new HttpClient();
        using var content = new StringContent(row.Body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(router.Address, row.Door), content);
        return row.Fault(await answer.Content.ReadAsStringAsync());
    }
}
