namespace ServerlessRouter.Testing;

/// <summary>The folder of the solution these tests were built from.</summary>
public static class RepositoryFolder
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "ServerlessRouter.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the solution's folder is not above the tests");
        return folder.FullName;
    }
}
