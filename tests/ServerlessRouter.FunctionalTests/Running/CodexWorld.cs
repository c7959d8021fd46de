using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>A router before a vendor whose one model answers at the Responses API alone, whose other at chat completions; and the first model once more at another vendor.</summary>
public sealed class CodexWorld : IAsyncLifetime
{
    /// <summary>Answers at the Responses API alone.</summary>
    public const string Codex = "codex";

    /// <summary>The same at another account.</summary>
    public const string Elsewhere = "elsewhere";

    /// <summary>Answers at chat completions.</summary>
    public const string Chat = "chat";

    /// <summary>Answers at the Responses API alone, and does not think.</summary>
    public const string Thoughtless = "thoughtless";

    /// <summary>The first, then the last.</summary>
    public const string Both = "both";

    internal FakeUpstream Vendor { get; private set; } = null!;

    internal FakeUpstream Other { get; private set; } = null!;

    internal RunningRouter Router { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        (Vendor, Other) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        Router = await RunningRouter.StartAsync(new RouterFile()
            .Provider("vendor", Vendor.OpenAiAddress)
            .Provider("other", Other.OpenAiAddress)
            .Model(Codex, ["vendor"], Settings("vendor"))
            .Model(Elsewhere, ["other"], Settings("other"))
            .Model(Chat, ["vendor"], """{ "capabilities": ["tools", "vision", "json_schema", "json_object"], "deployments": [{ "provider": "vendor", "name": "gpt-chat" }] }""")
            .Model(Thoughtless, ["vendor"], """{ "capabilities": ["tools"], "deployments": [{ "provider": "vendor", "name": "gpt-plain", "responses": true }] }""")
            .Route(Both, [Codex, Chat], """{ "objective": { "prefer": "order" } }"""));
    }

    public async Task DisposeAsync()
    {
        await Router.DisposeAsync();
        await Vendor.DisposeAsync();
        await Other.DisposeAsync();
    }

    private static string Settings(string provider) => $$"""
        { "capabilities": ["tools", "vision", "json_schema", "json_object", "reasoning", "files", "logprobs"], "deployments": [{ "provider": "{{provider}}", "name": "gpt-codex", "responses": true }] }
        """;
}
