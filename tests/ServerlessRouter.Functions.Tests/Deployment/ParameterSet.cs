using ServerlessRouter.Testing;

namespace ServerlessRouter.Functions.Tests.Deployment;

/// <summary>A set of parameters of <c>infra/main.bicep</c> in <c>tests/infra</c>, the snapshot of what a deployment with it creates, and what that must be.</summary>
internal sealed record ParameterSet(string Name)
{
    public static readonly ParameterSet[] All =
    [
        new("default"),
        new("own-models") { OpenAi = false },
        new("isolated") { PrivateEndpoints = 5, DataIsPublic = false },
        new("private") { PrivateEndpoints = 6, DataIsPublic = false, RouterIsPublic = false },
        new("private-own-models") { OpenAi = false, PrivateEndpoints = 5, DataIsPublic = false, RouterIsPublic = false },
        new("large"),
        new("small") { Budget = false },
    ];

    public static string Folder { get; } = Path.Combine(RepositoryFolder.Path, "tests", "infra");

    /// <summary>Whether there are models on Azure OpenAI.</summary>
    public bool OpenAi { get; init; } = true;

    public bool Budget { get; init; } = true;

    public int PrivateEndpoints { get; init; }

    /// <summary>Whether storage, vault and models can be reached from the internet.</summary>
    public bool DataIsPublic { get; init; } = true;

    public bool RouterIsPublic { get; init; } = true;

    public string File => Path.Combine(Folder, $"{Name}.bicepparam");

    public string Snapshot => Path.Combine(Folder, $"{Name}.snapshot.json");

    public override string ToString() => Name;
}
