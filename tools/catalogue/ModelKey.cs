using System.Text.RegularExpressions;

namespace ServerlessRouter.Tools.Catalogue;

/// <summary>What the names of one model at several vendors have in common.</summary>
internal static partial class ModelKey
{
    /// <summary><c>accounts/fireworks/models/kimi-k2p6</c>, <c>moonshotai/Kimi-K2.6</c> and <c>kimi-k2.6</c> are <c>kimi-k2-6</c>.</summary>
    public static string Of(string name)
    {
        var key = name[(name.LastIndexOf('/') + 1)..].ToLowerInvariant();
        key = BedrockPrefix().Replace(key, "");
        key = Suffix().Replace(key, "");
        key = DigitP().Replace(key, "$1-$2").Replace('.', '-').Replace('_', '-');
        return Trailer().Replace(DateSuffix().Replace(key, ""), "");
    }

    [GeneratedRegex(@"^((us|eu|au|jp|global)\.)?(anthropic|openai|deepseek|meta)\.")]
    private static partial Regex BedrockPrefix();

    [GeneratedRegex(@"(@.*|:[a-z0-9]+)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"(\d)p(\d)")]
    private static partial Regex DigitP();

    [GeneratedRegex(@"(-v\d)?(-\d{8}|-20\d{2}-\d{2}-\d{2})(-v\d+)?$")]
    private static partial Regex DateSuffix();

    [GeneratedRegex(@"(-v1|-fp8|-instruct|-it|-chat|-maas|-nvfp4|-tput|-0)+$")]
    private static partial Regex Trailer();
}
