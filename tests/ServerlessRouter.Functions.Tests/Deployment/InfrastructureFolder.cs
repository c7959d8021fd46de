using ServerlessRouter.Testing;

namespace ServerlessRouter.Functions.Tests.Deployment;

/// <summary>A copy of the folder <c>infra</c>, which the Bicep CLI may write to.</summary>
internal sealed class InfrastructureFolder : IDisposable
{
    public static string Original { get; } = System.IO.Path.Combine(RepositoryFolder.Path, "infra");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-infra-");

    public InfrastructureFolder()
    {
        foreach (var file in Directory.EnumerateFiles(Original, "*", SearchOption.AllDirectories))
        {
            var copy = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(Original, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
