using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Http.Hosting;
using ServerlessRouter.Jobs;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>An application that serves the router runs its jobs by an engine of its own.</summary>
public sealed class HostEngineTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-engine-");
    private FakeUpstream _upstream = null!;
    private WebApplication _application = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _upstream.Default(Reply.Text("Answered."));
        var file = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(file, new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"]).ToString());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IJobLauncher, OneByOneEngine>();
        builder.Services.AddServerlessRouter(await RouterConfiguration.ReadAsync(file, AnonymousCallers.Served));
        _application = builder.Build();
        _application.MapServerlessRouter();
        await _application.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_application.Urls.Single()) };
    }

    public async Task DisposeAsync()
    {
        _http?.Dispose();
        if (_application is not null)
            await _application.DisposeAsync();
        await _upstream.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Batch_EngineAddedBefore_IsCarriedOutByIt()
    {
        var client = new JobClient(_http);

        var batch = await client.CreateBatchAsync(JobClient.Lines(3));
        var end = await client.EndOfAsync($"v1/batches/{batch}");

        Assert.Equal("""{"total":3,"completed":3,"failed":0}""", end["request_counts"]!.ToJsonString());
        var engine = Assert.IsType<OneByOneEngine>(_application.Services.GetRequiredService<IJobLauncher>());
        Assert.Equal([batch], engine.Launched);
    }

    [Fact]
    public async Task Application_Stops_EndsTheEngine()
    {
        var engine = Assert.IsType<OneByOneEngine>(_application.Services.GetRequiredService<IJobLauncher>());

        await _application.StopAsync();

        Assert.True(engine.HasEnded);
    }
}
