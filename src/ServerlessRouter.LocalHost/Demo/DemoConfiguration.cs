using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.LocalHost.Demo;

/// <summary>What the demonstration runs on: simulated vendors, and callers whose keys everyone may know, because they open nothing but a simulation on one's own machine.</summary>
internal static class DemoConfiguration
{
    public const string FirstVendor = "northwind";
    public const string SecondVendor = "oakline";
    public const string ThirdVendor = "bluefin";

    private const string ResourceName = "demo.router.json";
    private const string KeyMark = "sha256:KEY-";

    /// <summary>The callers, the most active first.</summary>
    public static readonly string[] Callers = ["support-bot", "search", "mobile-app", "code-review", "data-science", "nightly-reports"];

    /// <summary>The key of a caller.</summary>
    public static string KeyOf(string caller) => $"demo-key-of-{caller}";

    /// <summary>A caller of a configuration whose key is one of these; null where there is none.</summary>
    public static string? FindKnownCaller(RouterModel model) => Array.Find(Callers, caller => model.CallersByKeyHash.ContainsKey(HashOf(caller)));

    /// <summary>Its text, as a file would hold it.</summary>
    public static ReadOnlyMemory<byte> Read()
    {
        using var resource = typeof(DemoConfiguration).Assembly.GetManifestResourceStream(ResourceName) ?? throw new InvalidOperationException($"The assembly was built without its resource {ResourceName}.");
        using var reader = new StreamReader(resource, Encoding.UTF8);
        var text = reader.ReadToEnd();
        foreach (var caller in Callers)
            text = text.Replace($"{KeyMark}{caller}\"", $"sha256:{HashOf(caller)}\"", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text);
    }

    private static string HashOf(string caller) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(caller))));
}
