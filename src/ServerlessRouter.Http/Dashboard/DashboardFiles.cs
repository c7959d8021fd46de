using System.Collections.Frozen;
using System.Reflection;

namespace ServerlessRouter.Http.Dashboard;

/// <summary>The files of the dashboard, which are part of the build: a name that is not among them leads nowhere.</summary>
internal static class DashboardFiles
{
    /// <summary>The page itself.</summary>
    public const string Page = "index.html";

    private const string Prefix = "dashboard/";

    private static readonly FrozenDictionary<string, string> MediaTypes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".json"] = "application/json",
        [".txt"] = "text/plain; charset=utf-8",
        [".png"] = "image/png",
        [".ico"] = "image/x-icon",
        [".woff2"] = "font/woff2",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every file by its name.</summary>
    /// <exception cref="InvalidOperationException">A file is of a kind that has no media type here.</exception>
    public static FrozenDictionary<string, DashboardFile> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(static name => name[Prefix.Length..], name => new DashboardFile(MediaTypeOf(name), Read(assembly, name)), StringComparer.Ordinal);
    }

    private static string MediaTypeOf(string name) =>
        MediaTypes.GetValueOrDefault(Path.GetExtension(name)) ?? throw new InvalidOperationException($"{name} is of a kind that has no media type.");

    private static byte[] Read(Assembly assembly, string name)
    {
        using var resource = assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
