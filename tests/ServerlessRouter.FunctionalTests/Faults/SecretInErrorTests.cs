using System.Text;
using System.Text.Json;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>A vendor that repeats what it was sent must not hand the router's key to a caller.</summary>
public sealed class SecretInErrorTests : IAsyncLifetime
{
    private const string Key = "sk-live/SECRET123+x";
    private const string Extra = "cf-gateway-HIDDEN456";

    private readonly SecretVariable _key = new(Key);
    private readonly SecretVariable _extra = new(Extra);
    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile()
            .Provider("vendor", _upstream.OpenAiAddress, settingsJson: $$"""{ "credential": "{{_key.Reference}}", "headers": { "x-gateway": "Bearer {{_extra.Reference}}" } }""")
            .Model("model", ["vendor"]));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
        _key.Dispose();
        _extra.Dispose();
    }

    [Theory]
    [InlineData("plain", false)]
    [InlineData("plain", true)]
    [InlineData("percent", false)]
    [InlineData("percent", true)]
    [InlineData("base64", false)]
    [InlineData("base64", true)]
    [InlineData("json in json", false)]
    [InlineData("json in json", true)]
    [InlineData("masked", false)]
    [InlineData("masked", true)]
    [InlineData("inside a 200", false)]
    [InlineData("inside a 200", true)]
    [InlineData("flat", false)]
    [InlineData("flat", true)]
    [InlineData("text", false)]
    [InlineData("text", true)]
    public async Task Chat_VendorRepeatsTheKey_TheCallerDoesNotReadIt(string form, bool stream)
    {
        _upstream.Default(ErrorIn(form, stream));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, model: "model"), ("x-router-metadata", "enabled"));

        Assert.Equal(400, (int)answer.Status);
        Assert.Contains("Unsupported header", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("[redacted]", answer.ToString(), StringComparison.Ordinal);
        foreach (var secret in new[] { "SECRET123", "HIDDEN456", Base64(Key)[..12], "sk-li" })
            Assert.DoesNotContain(secret, Uri.UnescapeDataString(answer.ToString()), StringComparison.Ordinal);
    }

    private static Reply ErrorIn(string form, bool stream)
    {
        var message = "Unsupported header: " + form switch
        {
            "percent" => Uri.EscapeDataString($"Bearer {Key}; {Extra}"),
            "base64" => $"Basic {Base64("user:" + Key)} {Base64("Bearer " + Extra)}",
            "masked" => "sk-li********+x cf-****456",
            _ => $"Bearer {Key} and Bearer {Extra}",
        };
        var error = JsonSerializer.Serialize(new { error = new { message, type = "invalid_request_error", param = (string?)null, code = (string?)null } });
        return form switch
        {
            "json in json" => Reply.Body(JsonSerializer.Serialize(new { error = new { message = "Provider returned error", code = 400, metadata = new { raw = error, provider_name = "x" } } }), "application/json", 400),
            "inside a 200" => stream ? Reply.Events(error) : Reply.Body(error, "application/json"),
            "flat" => Reply.Body(JsonSerializer.Serialize(new { @object = "error", message, type = "BadRequestError", code = 400 }), "application/json", 400),
            "text" => Reply.Body(message, "text/plain", 400),
            _ => Reply.Body(error, "application/json", 400),
        };
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
