namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>What a process of the router finds around it.</summary>
/// <param name="Folder">Its current folder; null leaves that of the tests.</param>
internal sealed record RouterSurroundings(string? Folder = null)
{
    /// <summary>Environment variables beside those of the tests.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables { get; init; } = [];
}
