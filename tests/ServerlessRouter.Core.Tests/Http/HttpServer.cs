using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Http;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Lessons;
using ServerlessRouter.Logins;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Governance;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>The endpoints on a real socket, over a pipeline that a test scripts and a clock that it moves.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private HttpServer(WebApplication server, ScriptedPipeline pipeline, RouterMetrics metrics, ManualTimeProvider time, LogCollector log)
    {
        _server = server;
        (Pipeline, Metrics, Time, Log) = (pipeline, metrics, time, log);
        Client = new HttpClient { BaseAddress = new Uri(server.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public ScriptedPipeline Pipeline { get; }

    /// <summary>What is counted of requests that the pipeline does not see.</summary>
    public RouterMetrics Metrics { get; }

    public ManualTimeProvider Time { get; }

    public LogCollector Log { get; }

    /// <summary>What this server measures itself by.</summary>
    public IMeterFactory Meters => _server.Services.GetRequiredService<IMeterFactory>();

    public static async Task<HttpServer> StartAsync(
        RouterModel? router = null, IDeploymentVitals? vitals = null, Action<KestrelServerLimits>? limit = null, AdminServices? admin = null, ITableStore? store = null)
    {
        var log = new LogCollector();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.AddServerHeader = false;
            limit?.Invoke(options.Limits);
        });
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddRoutingCore();
        var server = builder.Build();

        var (pipeline, metrics, time) = (new ScriptedPipeline(), new RouterMetrics(new TelemetryOptions { KeepsFormerNames = false }), new ManualTimeProvider());
        var models = new RouterModelSource(router ?? new RouterBuilder().Model("mini").Build());
        var random = new SeededRandomSource(1);
        var tables = store ?? new MemoryTableStore(time);
        var jobs = new JobServices(new JobServicesOptions { Store = tables, Models = models, Pipeline = pipeline, InstanceName = "test", Time = time, Random = random });
        var books = new Accounting(tables, models, new AccountingOptions(), time, random, NullLoggerFactory.Instance);
        var endpoints = new RouterEndpoints(new EndpointServices
        {
            Pipeline = pipeline,
            Models = models,
            Metrics = metrics,
            Vitals = vitals ?? VitalsOf.Healthy,
            Feedback = new OnlineStatistics(models, time),
            Jobs = jobs,
            Books = books,
            Limits = MemoryLedger.Reader(time),
            Admin = admin ?? AdminServices.Closed,
            Logins = new LoginBook(tables, time),
            Time = time,
            Random = random,
            Loggers = server.Services.GetRequiredService<ILoggerFactory>(),
        });
        server.UseRouting();
        endpoints.Map(server);
        server.MapFallback(endpoints.Unlisted.Pattern, endpoints.Unlisted.Handler);
        await server.StartAsync();
        return new HttpServer(server, pipeline, metrics, time, log);
    }

    public Task<HttpResponseMessage> PostAsync(byte[] body, string path = "v1/chat/completions", HttpCompletionOption completion = HttpCompletionOption.ResponseHeadersRead) =>
        Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) }, completion);

    /// <summary>Sends bytes by hand and reads one answer of a stated length.</summary>
    public Task<string> SendRawAsync(string request) => Patience.WaitAsync(AnswerToRawAsync(request), static () => "the answer to a request sent by hand");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        Metrics.Dispose();
    }

    private async Task<string> AnswerToRawAsync(string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, Client.BaseAddress!.Port);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = new StringBuilder();
        var length = 0;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            answer.Append(line).Append('\n');
            if (line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line.AsSpan("Content-Length: ".Length), CultureInfo.InvariantCulture);
        }

        var body = new char[length];
        await reader.ReadBlockAsync(body);
        return answer.Append(body).ToString();
    }
}
