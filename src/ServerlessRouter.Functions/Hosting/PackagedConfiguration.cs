using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Functions.Hosting;

/// <summary>The <c>router.json</c> that was published with the app, if there is one.</summary>
internal static class PackagedConfiguration
{
    public const string FileName = "router.json";

    /// <summary>Its text, or null.</summary>
    public static async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(AppContext.BaseDirectory, FileName);
        return File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : null;
    }

    /// <summary>The errors of a refused one, one a line.</summary>
    public static string Describe(ConfigurationResult result) =>
        string.Join(Environment.NewLine, result.Errors.Select(static error => $"{FileName}: {error}").Prepend($"The configuration has {Counted.Of(result.Errors.Length, "error")}:"));
}
