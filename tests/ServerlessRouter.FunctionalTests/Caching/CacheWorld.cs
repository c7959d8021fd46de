using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.FunctionalTests.Caching;

/// <summary>A vendor and a router whose route <c>auto</c> gives answers again.</summary>
internal sealed class CacheWorld : IAsyncDisposable
{
    private CacheWorld(FakeUpstream vendor, RunningRouter router) => (Vendor, Router) = (vendor, router);

    public FakeUpstream Vendor { get; }

    public RunningRouter Router { get; }

    /// <summary>Requests that reached the vendor.</summary>
    public int Asked => Vendor.Books.Requests.Count;

    public static async Task<CacheWorld> StartAsync(string cache = "{}", Action<RouterFile>? set = null, string? dataPath = null, TimeProvider? time = null, bool speaksAnthropic = false)
    {
        var vendor = await FakeUpstream.StartAsync();
        var file = new RouterFile();
        if (speaksAnthropic)
            file.Provider("claude", new Uri(vendor.BaseAddress, "v1/"), "anthropic").Model("mini", ["claude"]);
        else
            file.Upstream("mini", vendor);
        file.Route("auto", ["mini"], $$"""{ "cache": {{cache}} }""");
        set?.Invoke(file);
        return new CacheWorld(vendor, await RunningRouter.StartAsync(file, dataPath, time));
    }

    public Task<ClientAnswer> ChatAsync(string prompt = "Say hello.", bool stream = false, params (string Name, string Value)[] headers) => Router.ChatAsync(ChatBodies.For(stream, prompt), headers);

    /// <summary>Asks for a chat with further members, JSON between braces.</summary>
    public Task<ClientAnswer> ChatWithAsync(string membersJson, params (string Name, string Value)[] headers)
    {
        var body = (JsonObject)JsonNode.Parse(ChatBodies.Plain())!;
        foreach (var (name, value) in JsonNode.Parse(membersJson)!.AsObject())
            body[name] = value?.DeepClone();
        return Router.ChatAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), headers);
    }

    public async ValueTask DisposeAsync()
    {
        await Router.DisposeAsync();
        await Vendor.DisposeAsync();
    }
}
