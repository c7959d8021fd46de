using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Functions.Tests.Telemetry;

/// <summary>Stands in for the ingestion endpoint of Application Insights on a real socket, and keeps every row.</summary>
internal sealed class IngestionDouble : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<IngestedRow> _rows = new();

    private IngestionDouble(WebApplication server) => _server = server;

    public string ConnectionString => $"InstrumentationKey=00000000-0000-0000-0000-0000000000aa;IngestionEndpoint={_server.Urls.Single()}/;LiveEndpoint={_server.Urls.Single()}/";

    public IReadOnlyCollection<IngestedRow> Rows => _rows;

    public IEnumerable<IngestedRow> Requests => _rows.Where(static row => row.Kind == "RequestData");

    public IEnumerable<IngestedRow> Calls => _rows.Where(static row => row.Kind == "RemoteDependencyData");

    public static async Task<IngestionDouble> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var ingestion = new IngestionDouble(builder.Build());
        ingestion._server.Run(ingestion.TakeAsync);
        await ingestion._server.StartAsync();
        return ingestion;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        var body = http.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(http.Request.Body, CompressionMode.Decompress) : http.Request.Body;
        using var reader = new StreamReader(body);
        var taken = 0;
        while (await reader.ReadLineAsync(http.RequestAborted) is { } line)
        {
            if (line.Length == 0)
                continue;
            _rows.Enqueue(new IngestedRow(line, JsonDocument.Parse(line).RootElement));
            taken++;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync($$"""{"itemsReceived":{{taken}},"itemsAccepted":{{taken}},"errors":[]}""", http.RequestAborted);
    }
}

/// <summary>One row as it was sent.</summary>
internal sealed record IngestedRow(string Text, JsonElement Content)
{
    public int Bytes => Encoding.UTF8.GetByteCount(Text);

    public string Kind => Data.GetProperty("baseType").GetString()!;

    public string Operation => Content.GetProperty("tags").GetProperty("ai.operation.id").GetString()!;

    public double? SampleRate => Content.TryGetProperty("sampleRate", out var rate) ? rate.GetDouble() : null;

    private JsonElement Data => Content.GetProperty("data");

    public string Member(string name) => Data.GetProperty("baseData").GetProperty(name).ToString();

    public string? Property(string name) => Data.GetProperty("baseData").TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out var value) ? value.GetString() : null;
}
