namespace ServerlessRouter.Tools.MeasureDoors;

/// <summary>A vendor of every schema on one port, which answers at once; below <see cref="Row.Slowly"/> its streams come piece by piece.</summary>
internal static class Vendor
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    public static async Task<WebApplication> StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        foreach (var path in (string[])[Paths.Chat, Paths.Messages, Paths.Responses])
        {
            var (whole, events) = (Answers.Whole(path), Answers.Events(path));
            byte[] together = [.. events.SelectMany(static item => item)];
            app.MapPost(path, http => AnswerAsync(http, whole, [together]));
            app.MapPost(Row.Slowly + path, http => AnswerAsync(http, whole, events));
        }

        await app.StartAsync();
        return app;
    }

    private static async Task AnswerAsync(HttpContext http, byte[] whole, byte[][] stream)
    {
        if (!await WantsStreamAsync(http.Request))
        {
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = whole.Length;
            await http.Response.Body.WriteAsync(whole);
            return;
        }

        http.Response.ContentType = "text/event-stream; charset=utf-8";
        foreach (var batch in stream)
        {
            await http.Response.Body.WriteAsync(batch);
            if (stream.Length == 1)
                break;
            await http.Response.Body.FlushAsync();
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    private static async Task<bool> WantsStreamAsync(HttpRequest request)
    {
        var body = new byte[(int)(request.ContentLength ?? 0)];
        await request.Body.ReadExactlyAsync(body);
        return body.AsSpan().IndexOf("\"stream\":true"u8) >= 0;
    }
}
