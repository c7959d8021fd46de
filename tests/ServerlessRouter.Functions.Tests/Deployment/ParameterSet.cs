namespace ServerlessRouter.Functions.Tests.Deployment;

/// <summary>Parameters of <c>infra/main.bicep</c>, as azd would give them, and what a deployment with them must create.</summary>
internal sealed record ParameterSet(string Name, params string[] Lines)
{
    public static readonly ParameterSet[] All =
    [
        new("default"),
        new("own-models", "openAiEnabled = false") { OpenAi = false },
        new("isolated", "networkIsolated = true") { PrivateEndpoints = 5, DataIsPublic = false },
        new("private", "networkIsolated = true", "inboundPrivate = true") { PrivateEndpoints = 6, DataIsPublic = false, RouterIsPublic = false },
        new("private-own-models", "networkIsolated = true", "inboundPrivate = true", "openAiEnabled = false") { OpenAi = false, PrivateEndpoints = 5, DataIsPublic = false, RouterIsPublic = false },
        new("large", "zoneRedundant = true", "httpAlwaysReadyInstances = 2", "durableAlwaysReadyInstances = 1", "instanceMemoryMB = 4096", "maximumInstanceCount = 1000"),
        new("small", "instanceMemoryMB = 512", "monthlyBudget = 0", "alertEmail = 'team@example.com'", "openAiLocation = 'eastus2'", "principalType = 'ServicePrincipal'", "vaultPurgeProtection = true") { Budget = false },
    ];

    private static readonly string[] Always =
        ["environmentName = 'test'", "location = 'swedencentral'", "principalId = '33333333-3333-3333-3333-333333333333'", "currentMonth = '2026-01-01'"];

    /// <summary>Whether there are models on Azure OpenAI.</summary>
    public bool OpenAi { get; init; } = true;

    public bool Budget { get; init; } = true;

    public int PrivateEndpoints { get; init; }

    /// <summary>Whether storage, vault and models can be reached from the internet.</summary>
    public bool DataIsPublic { get; init; } = true;

    public bool RouterIsPublic { get; init; } = true;

    public override string ToString() => Name;

    /// <summary>Writes the set beside a template and gives the file's path.</summary>
    public string WriteTo(InfrastructureFolder infra)
    {
        var file = Path.Combine(infra.Path, $"{Name}.bicepparam");
        File.WriteAllLines(file, ["using 'main.bicep'", .. Always.Concat(Lines).Select(static line => $"param {line}")]);
        return file;
    }
}
