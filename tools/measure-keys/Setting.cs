using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Tools.MeasureKeys;

/// <summary>A configuration that is measured: what of keys, limits and the cache is on.</summary>
/// <param name="Name">Names its file.</param>
/// <param name="Keys">How many keys it has; 0 for a router without.</param>
/// <param name="HasLimits">Each key has limits of requests and of tokens and two budgets, none of which is reached.</param>
/// <param name="HasCache">Its route keeps answers.</param>
internal sealed record Setting(string Name, int Keys, bool HasLimits, bool HasCache)
{
    public const int Many = 100_000;

    public static readonly Setting Off = new("off", 0, HasLimits: false, HasCache: false);
    public static readonly Setting OneKey = new("one-key", 1, HasLimits: false, HasCache: false);
    public static readonly Setting Limits = new("limits", 1, HasLimits: true, HasCache: false);
    public static readonly Setting Cache = new("cache", 1, HasLimits: true, HasCache: true);
    public static readonly Setting ManyKeys = new("many-keys", Many, HasLimits: true, HasCache: true);

    public static IReadOnlyList<Setting> All { get; } = [Off, OneKey, Limits, Cache, ManyKeys];

    /// <summary>The text of a key, the same in every run.</summary>
    public static string KeyOf(int number) => $"measured-key-{number:D6}";

    /// <summary>The router's configuration, with a vendor on this port.</summary>
    public byte[] Configuration(int port)
    {
        var written = new Dictionary<string, object>
        {
            ["providers"] = new { mock = new { kind = "openai", endpoint = $"http://127.0.0.1:{port}/v1/", credential = "env:VENDOR_KEY", responses = false } },
            ["models"] = new Dictionary<string, object> { ["mini"] = Model(0.25, 0.6), ["large"] = Model(1.25, 0.8) },
            ["routes"] = new { auto = HasCache ? new { candidates = Candidates, cache = new { ttlSeconds = 3600 } } : (object)new { candidates = Candidates } },
        };
        if (Keys > 0)
        {
            written["tiers"] = new { measured = HasLimits ? new { requestsPerMinute = 10_000_000, tokensPerMinute = 2_000_000_000, budget = new object[] { new { usd = 1_000_000, per = "day" }, new { usd = 10_000_000, per = "month" } } } : new object() };
            written["keys"] = Enumerable.Range(0, Keys).ToDictionary(static number => $"key-{number}", static number => new { secret = $"sha256:{Hash(KeyOf(number))}", tier = "measured" });
        }

        return JsonSerializer.SerializeToUtf8Bytes(written);
    }

    private static readonly string[] Candidates = ["mini", "large"];

    private static object Model(double inputPerMillion, double quality) => new
    {
        price = new { inputPerMillion, outputPerMillion = 8 * inputPerMillion },
        contextWindow = 400_000,
        capabilities = new[] { "json_schema" },
        quality = new Dictionary<string, double> { ["default"] = quality },
        deployments = new[] { new { provider = "mock", name = "gpt-5.4-mini" } },
    };

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
