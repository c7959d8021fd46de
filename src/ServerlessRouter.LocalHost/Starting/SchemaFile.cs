namespace ServerlessRouter.LocalHost.Starting;

/// <summary>The schema that a written configuration names, for the editor in which it is opened.</summary>
internal static class SchemaFile
{
    public const string Name = "router.schema.json";

    /// <summary>Writes it into the folder of a configuration, and gives its path; null where one is there already.</summary>
    public static async Task<string?> WriteBesideAsync(string configurationPath, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(configurationPath))!, Name);
        if (File.Exists(path))
            return null;
        await using var schema = typeof(SchemaFile).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException($"The assembly was built without its resource {Name}.");
        await using var file = File.Create(path);
        await schema.CopyToAsync(file, cancellationToken);
        return path;
    }
}
