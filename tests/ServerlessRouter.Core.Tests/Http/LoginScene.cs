using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Core.Tests.Keys;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.State.Memory;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>A router with a caller's key and two admins' keys, and a browser that sends the cookies that a test says, and no others.</summary>
public abstract class LoginScene : IAsyncLifetime
{
    protected const string AdminKey = "the-admin-s3cret-key";
    protected const string TeamKey = "a-team-leads-s3cret-key";
    protected const string Keys = "v1/admin/keys";

    private protected MemoryTableStore Tables { get; } = new(TimeProvider.System);

    private protected KeyFleet Fleet { get; private set; } = null!;

    private protected KeyInstance Instance { get; private set; } = null!;

    private protected HttpServer Server { get; private set; } = null!;

    protected HttpClient Browser { get; } = new(new HttpClientHandler { UseCookies = false });

    public async Task InitializeAsync()
    {
        var draft = new ConfigurationDraft().Set("adminKeys", $"{{\"team\":{{\"secret\":\"sha256:{KeyHash.Of(TeamKey)}\",\"role\":\"keys\",\"tiers\":[\"pro\"]}}}}");
        Fleet = new KeyFleet(Tables);
        Instance = await Fleet.StartAsync(draft);
        Server = await StartAsync(AdminKey);
    }

    public async Task DisposeAsync()
    {
        Browser.Dispose();
        await Server.DisposeAsync();
    }

    private protected Task<HttpServer> StartAsync(string adminKey) =>
        HttpServer.StartAsync(Instance.Models.Current, admin: new AdminServices(new AdminGate($"sha256:{KeyHash.Of(adminKey)}", []), null) { Keys = Instance.Admin, Audit = Fleet.Audit }, store: Tables);

    private protected Task<HttpResponseMessage> LogInAsync(string key) => SendAsync("POST", "dashboard/login", null, $$"""{"key":"{{key}}"}""");

    private protected async Task<HttpStatusCode> StatusAsync(string method, string path, string cookie, HttpServer? server = null)
    {
        using var answer = await SendAsync(method, path, cookie, server: server);
        return answer.StatusCode;
    }

    private protected Task<HttpResponseMessage> SendAsync(string method, string path, string? cookie, string? body, params (string Name, string Value)[] headers) => SendAsync(method, path, cookie, body, null, headers);

    private protected async Task<HttpResponseMessage> SendAsync(string method, string path, string? cookie, string? body = null, HttpServer? server = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri((server ?? Server).Client.BaseAddress!, path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await Browser.SendAsync(request);
    }

    private protected static string NameOf(HttpServer server) => $"router-session-{server.Client.BaseAddress!.Port}";

    private protected static string CookieOf(HttpResponseMessage answer) => answer.Headers.GetValues("Set-Cookie").First().Split(';')[0];

    private protected static async Task<JsonNode> JsonOf(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
}
