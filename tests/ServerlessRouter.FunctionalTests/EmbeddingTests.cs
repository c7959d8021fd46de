using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.Testing;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>The example of an application that serves the router beside its own endpoints, as it is built.</summary>
public sealed class EmbeddingTests : IAsyncLifetime
{
    private const string Listening = "Now listening on: ";

    private Process _application = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Embedding.dll"), "--urls", "http://127.0.0.1:0" } };
        _application = Process.Start(start)!;
        var reading = AddressAsync();
        await Patience.WaitAsync(reading, static () => "the application to listen");
        _client = new HttpClient { BaseAddress = new Uri(await reading) };
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        _application.Kill();
        await _application.WaitForExitAsync();
        _application.Dispose();
    }

    [Fact]
    public async Task Application_ServesItsOwnEndpointAndTheRouters()
    {
        Assert.Equal("This endpoint is the application's own.", await _client.GetStringAsync("hello"));
        Assert.Contains("\"auto\"", await _client.GetStringAsync("v1/models"), StringComparison.Ordinal);

        using var answer = await AskAsync("Say hello");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("small", answer.Headers.GetValues("x-router-model").Single());
        Assert.NotEmpty((string)(await JsonOf(answer))["choices"]![0]!["message"]!["content"]!);
    }

    [Fact]
    public async Task Application_StageOfItsOwn_RefusesWhatTheRouterWouldServe()
    {
        using var refused = await AskAsync("My card is 4111 1111 1111 1111");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("payment card", (string?)(await JsonOf(refused))["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1/audio/speech", "application/json")]
    [InlineData("elsewhere", null)]
    public async Task Application_UnknownPath_IsTheRoutersBelowItsBeginningsAndTheApplicationsElsewhere(string path, string? type)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
    }

    private Task<HttpResponseMessage> AskAsync(string prompt) =>
        _client.PostAsJsonAsync("v1/chat/completions", new { model = "auto", messages = new[] { new { role = "user", content = prompt } } });

    private static async Task<JsonNode> JsonOf(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    private async Task<string> AddressAsync()
    {
        while (await _application.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var place)
                return line[(place + Listening.Length)..].Trim();
        }

        throw new InvalidOperationException("the application ended before it listened");
    }
}
