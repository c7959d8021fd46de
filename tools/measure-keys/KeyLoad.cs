using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using ServerlessRouter.Tools.MeasureDoors;

namespace ServerlessRouter.Tools.MeasureKeys;

/// <summary>Sends requests with keys over a number of connections, by <c>wrk</c>.</summary>
internal static class KeyLoad
{
    private const string Number = "00000000";

    // About half a kilobyte.
    private const string Body =
        "{\"model\":\"auto\",\"messages\":[{\"role\":\"system\",\"content\":\"You answer in one paragraph and name your sources.\"},{\"role\":\"user\",\"content\":\"Question " + Number
        + ": how does a river that crosses three countries get its name, who writes it on the first maps, and why do the people on its two banks often call it by different words? "
        + "Tell it to a class of children of ten years, with one example from Europe and one from Africa, and end with a question that they can talk about in pairs.\"}],\"max_completion_tokens\":300}";

    /// <summary>Every request is made anew, so that all cases cost the sender the same.</summary>
    private const string Script = """
        local body, keys, differs = os.getenv("MEASURE_BODY"), tonumber(os.getenv("MEASURE_KEYS")), os.getenv("MEASURE_DIFFERS") == "True"
        local from, to = body:find("00000000", 1, true)
        local head, tail = body:sub(1, from - 1), body:sub(to + 1)
        local count = tonumber(os.getenv("MEASURE_FIRST"))
        local path = wrk.path
        wrk.headers["content-type"] = "application/json"
        math.randomseed(count + 1)
        request = function()
          if differs then count = count + 1 end
          wrk.headers["authorization"] = string.format("Bearer measured-key-%06d", math.random(0, keys - 1))
          return wrk.format("POST", path, wrk.headers, head .. string.format("%08d", count) .. tail)
        end
        done = function(s, l, r)
          io.write(string.format("@@ %d %d\n", s.requests, s.errors.status + s.errors.connect + s.errors.read + s.errors.write + s.errors.timeout))
        end
        """;

    private static int _first;

    /// <summary>Answers with the requests that were answered.</summary>
    public static async Task<int> RunAsync(Router router, Case measured, int seconds, int connections)
    {
        var script = Path.Combine(Path.GetTempPath(), $"measure-keys-{Environment.ProcessId}.lua");
        await File.WriteAllTextAsync(script, Script);
        var start = new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "--timeout", "10s", "-s", script, new Uri(router.Address, Paths.Chat).ToString()]) { RedirectStandardOutput = true };
        start.Environment["MEASURE_BODY"] = Body;
        start.Environment["MEASURE_KEYS"] = measured.KeysInUse.ToString(CultureInfo.InvariantCulture);
        start.Environment["MEASURE_DIFFERS"] = (measured.Prompts == PromptKind.Different).ToString();
        start.Environment["MEASURE_FIRST"] = _first.ToString(CultureInfo.InvariantCulture);
        using var wrk = Process.Start(start)!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        File.Delete(script);
        var told = output.Split('\n').First(static line => line.StartsWith("@@", StringComparison.Ordinal)).Split(' ');
        if (told[2] != "0")
            throw new InvalidOperationException($"{told[2]} requests of '{measured.Name}' failed.");
        var answered = int.Parse(told[1], CultureInfo.InvariantCulture);
        // More than were answered have been sent.
        _first += measured.Prompts == PromptKind.Different ? answered + (2 * connections) : 0;
        return answered;
    }

    /// <summary>Answers with what is wrong with an answer, or null.</summary>
    public static async Task<string?> CheckAsync(Router router)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(router.Address, Paths.Chat)) { Content = new StringContent(Body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Setting.KeyOf(0));
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return text.Contains(Answers.Text, StringComparison.Ordinal) ? null : text;
    }
}
