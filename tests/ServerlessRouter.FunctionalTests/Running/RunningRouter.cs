using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using ServerlessRouter.LocalHost;
using ServerlessRouter.Testing;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>The router as a team runs it on one machine: its configuration in a file, its clients on real sockets.</summary>
internal sealed class RunningRouter : IAsyncDisposable
{
    private readonly LocalRouter _router;

    private RunningRouter(LocalRouter router, string configurationPath)
    {
        (_router, ConfigurationPath) = (router, configurationPath);
        Client = NewClient();
    }

    public string ConfigurationPath { get; }

    /// <summary>The root, with a slash at its end.</summary>
    public Uri Address => _router.Address;

    /// <summary>What OpenAI's clients take as their base URL.</summary>
    public Uri OpenAiAddress => new(Address, "v1/");

    public HttpClient Client { get; }

    public static Task<RunningRouter> StartAsync(RouterFile file, string? dataPath = null, TimeProvider? time = null) => StartAsync(file.ToString(), dataPath, time: time);

    public static Task<RunningRouter> StartAsync(string configuration, string? dataPath = null, string? adminKey = null, TimeProvider? time = null) =>
        StartAsync(configuration, options => options with { DataPath = dataPath, AdminKey = adminKey, Time = time ?? TimeProvider.System });

    /// <param name="configuration">The text of the file.</param>
    /// <param name="adjust">Changes how it is started.</param>
    public static async Task<RunningRouter> StartAsync(string configuration, Func<LocalRouterOptions, LocalRouterOptions> adjust)
    {
        var folder = Directory.CreateTempSubdirectory("router-functional-");
        var path = Path.Combine(folder.FullName, "router.json");
        await File.WriteAllTextAsync(path, configuration);
        try
        {
            var options = new LocalRouterOptions
            {
                ConfigurationPath = path,
                Urls = "http://127.0.0.1:0",
                LogLevel = LogLevel.None,
            };
            return new RunningRouter(await LocalRouter.StartAsync(adjust(options)), path);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>A client with connections of its own.</summary>
    public HttpClient NewClient() => new() { BaseAddress = Address, Timeout = Patience.Limit };

    /// <summary>Sends a chat request, and reads all that comes back.</summary>
    public Task<ClientAnswer> ChatAsync(byte[] body, params (string Name, string Value)[] headers) => PostAsync("v1/chat/completions", body, headers);

    public async Task<ClientAnswer> PostAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(path, body, headers, CancellationToken.None);
        return await ClientAnswer.ReadAsync(response);
    }

    /// <summary>Sends a chat request, and returns as soon as the answer's headers are there.</summary>
    public Task<HttpResponseMessage> BeginChatAsync(byte[] body, CancellationToken cancellationToken, params (string Name, string Value)[] headers) =>
        SendAsync("v1/chat/completions", body, headers, cancellationToken);

    public async Task<ClientAnswer> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(request);
        return await ClientAnswer.ReadAsync(response);
    }

    /// <summary>Why no deployment of a route may be called, as <c>/readyz</c> tells it; null when one may.</summary>
    public async Task<string?> ObstacleAsync(string route)
    {
        var ready = (await GetAsync("readyz")).Json["routes"]!.AsArray().Single(item => (string?)item!["route"] == route)!;
        return (bool)ready["ready"]! ? null : (string?)ready["reason"] ?? throw new InvalidDataException("/readyz gives no reason.");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _router.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(ConfigurationPath)!, recursive: true);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, byte[] body, (string Name, string Value)[] headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
