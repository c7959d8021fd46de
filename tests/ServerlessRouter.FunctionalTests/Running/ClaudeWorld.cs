using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>A router before a vendor that speaks Anthropic's API and refuses what it refuses: one older model, one current, and one that has no reasoning.</summary>
public sealed class ClaudeWorld : IAsyncLifetime
{
    /// <summary>Thinks by budget, and takes most parameters.</summary>
    public const string Older = "older";

    /// <summary>Thinks adaptively, and takes neither sampling parameters nor a prefill.</summary>
    public const string Current = "current";

    /// <summary>Has no capability of reasoning.</summary>
    public const string Plain = "plain";

    internal FakeUpstream Vendor { get; private set; } = null!;

    internal RunningRouter Router { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Vendor = await FakeUpstream.StartAsync();
        Vendor.Default(Reply.Text("Hello."));
        Router = await RunningRouter.StartAsync(new RouterFile()
            .Provider("vendor", Vendor.OpenAiAddress, "anthropic")
            .Model(Older, ["vendor"], Settings("claude-sonnet-4-5-20250929"))
            .Model(Current, ["vendor"], Settings("claude-opus-4-8"))
            .Model(Plain, ["vendor"], """{ "capabilities": ["tools"], "deployments": [{ "provider": "vendor", "name": "claude-haiku-4-5" }] }""")
            .Route("auto", [Older]));
    }

    public async Task DisposeAsync()
    {
        await Router.DisposeAsync();
        await Vendor.DisposeAsync();
    }

    private static string Settings(string deployment) => $$"""
        { "capabilities": ["tools", "vision", "json_schema", "json_object", "reasoning", "files", "audio", "logprobs"], "deployments": [{ "provider": "vendor", "name": "{{deployment}}" }] }
        """;
}
