using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

/// <summary>A valid configuration that a test changes in the one place it is about.</summary>
internal sealed class ConfigurationDraft
{
    public const string ProviderSecret = "pr0vider-s3cret-value";
    public const string CallerSecret = "c4ller-s3cret-value-0001";

    private const string Valid = """
        {
          "providers": {
            "vendor": { "kind": "openai", "credential": "env:VENDOR_KEY" },
            "azure": { "kind": "azure-openai", "endpoint": "https://team.openai.azure.com", "credential": "entra", "region": "eastus2" },
            "sim": { "kind": "simulated" }
          },
          "models": {
            "mini": {
              "price": { "inputPerMillion": 0.15, "outputPerMillion": 0.6 }, "contextWindow": 128000, "capabilities": ["tools"],
              "quality": { "default": 0.6, "chat": 0.75 }, "deployments": [{ "provider": "vendor", "name": "gpt-mini" }]
            },
            "large": {
              "price": { "inputPerMillion": 2, "outputPerMillion": 8 }, "contextWindow": 200000, "capabilities": ["tools", "vision", "json_schema"],
              "quality": { "default": 0.8, "code": 0.9 },
              "deployments": [{ "provider": "azure", "name": "gpt-large", "weight": 3 }, { "provider": "vendor", "name": "gpt-large" }]
            }
          },
          "routes": {
            "auto": {
              "rules": [{ "when": { "task": ["code", "math"] }, "use": ["large"] }, { "when": { "tier": "pro" }, "use": ["large", "mini"] }],
              "candidates": ["mini", "large"], "objective": { "minimumQuality": 0.7, "prefer": "cost" }, "fallbacks": ["large"]
            }
          },
          "tiers": { "pro": { "routes": ["auto", "large"] } },
          "keys": { "team-a": { "secret": "env:TEAM_A_KEY", "tier": "pro" } }
        }
        """;

    private readonly JsonObject _document = (JsonObject)JsonNode.Parse(Valid)!;

    public static byte[] ValidText => Encoding.UTF8.GetBytes(Valid);

    /// <summary>A loader whose environment holds the draft's secrets.</summary>
    public static RouterConfigLoader Loader(params (string Name, string Value)[] variables) => new(
        ProviderKinds.All,
    [
        new EnvironmentSecretResolver(name =>
            variables.FirstOrDefault(variable => variable.Name == name).Value
            ?? name switch { "VENDOR_KEY" => ProviderSecret, "TEAM_A_KEY" => CallerSecret, _ => null }),
    ]);

    /// <summary>Writes a member; <paramref name="path"/> has members and places separated by dots, <paramref name="json"/> is its new value.</summary>
    public ConfigurationDraft Set(string path, string json)
    {
        var (parent, last) = Find(path);
        if (parent is JsonArray list)
            list[int.Parse(last)] = JsonNode.Parse(json);
        else
            parent[last] = JsonNode.Parse(json);
        return this;
    }

    public ConfigurationDraft Remove(string path)
    {
        var (parent, last) = Find(path);
        Assert.True(((JsonObject)parent).Remove(last));
        return this;
    }

    public byte[] ToText() => Encoding.UTF8.GetBytes(_document.ToJsonString());

    public async Task<ConfigurationResult> LoadAsync(params (string Name, string Value)[] variables)
    {
        var result = await Loader(variables).LoadAsync(ToText());
        Assert.Equal(result.Errors.IsEmpty, result.Model is not null);
        return result;
    }

    public async Task<RouterModel> AcceptAsync()
    {
        var result = await LoadAsync();
        Assert.Empty(result.Errors);
        return result.Model!;
    }

    /// <summary>Expects exactly one error: no consequence of it may be reported too.</summary>
    public async Task RejectAsync(string path, string message)
    {
        var error = Assert.Single((await LoadAsync()).Errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        AssertNoSecret(error);
    }

    public async Task WarnAsync(string path, string message)
    {
        var result = await LoadAsync();
        Assert.Empty(result.Errors);
        var warning = Assert.Single(result.Warnings, warning => warning.Path == path);
        Assert.Contains(message, warning.Message, StringComparison.Ordinal);
        AssertNoSecret(warning);
    }

    public static void AssertNoSecret(ConfigurationProblem problem)
    {
        Assert.DoesNotContain("s3cret", problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sk-", problem.ToString(), StringComparison.Ordinal);
    }

    private (JsonNode Parent, string Last) Find(string path)
    {
        var steps = path.Split('.');
        JsonNode node = _document;
        foreach (var step in steps[..^1])
            node = (node is JsonArray list ? list[int.Parse(step)] : node[step]) ?? throw new ArgumentException($"nothing at {step} of {path}");
        return (node, steps[^1]);
    }
}
