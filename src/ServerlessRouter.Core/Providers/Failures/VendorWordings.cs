using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>Every wording the router knows, in the order in which they are looked for: what sounds like something else stands before it.</summary>
/// <remarks>Checked against <c>docs/failures.md</c>; each has an example among the tests' vendor errors.</remarks>
internal static class VendorWordings
{
    private const int NoStatus = 0;

    public static readonly VendorWording[] All =
    [
        .. CallerWordings.All, .. FilterWordings.All, .. CreditWordings.All, .. UnfitWordings.All, .. LengthWordings.All, .. LimitWordings.All, .. CredentialWordings.All,
        .. GoneWordings.All, .. CapacityWordings.All, .. ServerWordings.All,
    ];

    /// <summary>The first wording that counts for an error; null when none does.</summary>
    /// <param name="status">The HTTP status; 0 inside a 200.</param>
    /// <param name="error">What the vendor wrote.</param>
    /// <param name="asked">
    /// The request, where it is known: words for people that it holds itself are perhaps only repeated, so they do not take a deployment out. Else a caller could, for all others.
    /// </param>
    public static VendorWording? Find(int status, VendorError error, ChatRequest? asked)
    {
        foreach (var wording in All)
        {
            if (Counts(wording, status) && wording.IsSaidBy(error) && !(MayBeRepeated(wording) && asked is not null && RequestWords.Hold(asked, wording)))
                return wording;
        }

        return null;
    }

    /// <summary>Whether a wording can mean at this status what it means at others.</summary>
    private static bool Counts(VendorWording wording, int status) => wording.Means switch
    {
        FailureKind.RequestRejected => status is NoStatus or 400 or 404 or 413 or 415 or 416 or 422,
        FailureKind.ContentFiltered => status != 429 && (wording.Place != WordingPlace.Text || status < 500),
        FailureKind.QuotaExhausted => true,
        FailureKind.NotExpressible => status is NoStatus or (>= 400 and < 500 and not (401 or 402)) or 500,
        FailureKind.ContextLengthExceeded => status is not (401 or 402 or 429),
        FailureKind.CredentialRefused => status is not (402 or 404 or 429),
        FailureKind.DeploymentNotFound => status is NoStatus or (>= 400 and < 500 and not (402 or 408 or 409 or 425 or 429)),
        // A 403 that speaks of rates is a limit at GitHub and behind firewalls.
        FailureKind.RateLimited when wording.Place == WordingPlace.Text => status is not (400 or 401 or 402 or 404 or 422 or 429),
        FailureKind.Overloaded when wording.Place == WordingPlace.Text => status is not (400 or 401 or 402 or 403 or 404 or 422 or 429),
        FailureKind.RateLimited or FailureKind.Overloaded => status is not (401 or 402 or 429),
        FailureKind.ServerError => status is NoStatus or 400 or 404 or 422,
        _ => false,
    };

    private static bool MayBeRepeated(VendorWording wording) =>
        wording.Place == WordingPlace.Text && FailureTraits.Of(wording.Means).Breaker is BreakerRule.OpensLong or BreakerRule.OpensForRetryAfter or BreakerRule.Counts;
}

/// <summary>Too fast right now: time alone mends it.</summary>
internal static class LimitWordings
{
    public static readonly VendorWording[] All =
    [
        // At Google a reason of its older errors, which are a 403.
        Sign("rate_limit_exceeded", "OpenAI, Groq, Cohere, Google"),
        Sign("userRateLimitExceeded", "Google"),
        Sign("rate_limit_error", "Anthropic, vLLM"),
        Sign("rate_limited", "Mistral"),
        // MoonshotAI/kimi-cli#901
        Sign("rate_limit_reached_error", "Moonshot"),
        Sign("RESOURCE_EXHAUSTED", "Gemini, Vertex AI"),
        Sign("too_many_requests", "xAI, Cohere, gateways"),
        Sign("ThrottlingException", "Bedrock"),
        Sign("Throttling", "DashScope"),
        Sign("Throttling.RateQuota", "DashScope"),
        Sign("Throttling.AllocationQuota", "DashScope"),
        Sign("limit_requests", "DashScope"),
        Sign("RequestBurstTooFast", "Volcengine"),
        Sign("base_resp_1002", "MiniMax"),
        Bare("1302", "Zhipu"),
        Bare("1303", "Zhipu"),
        // A 403 at GitHub: app-sre/github-mirror PR#62, Shubhamsaboo/awesome-llm-apps#7
        Text("rate limit", "GitHub, Cloudflare, gateways"),
        Text("rate-limit", "OpenRouter, gateways"),
        Text("too many requests", "gateways"),
    ];

    private static VendorWording Sign(string words, string vendors) => new(FailureKind.RateLimited, WordingPlace.Sign, words, vendors);

    private static VendorWording Bare(string words, string vendors) => new(FailureKind.RateLimited, WordingPlace.BareCode, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.RateLimited, WordingPlace.Text, words, vendors);
}

/// <summary>Too busy right now: time alone mends it.</summary>
internal static class CapacityWordings
{
    public static readonly VendorWording[] All =
    [
        Busy("overloaded_error", "Anthropic"),
        Busy("overloaded", "gateways"),
        Busy("engine_overloaded_error", "Moonshot"),
        Busy("server_is_overloaded", "OpenAI"),
        Busy("capacity_exceeded", "Groq"),
        Busy("flex_capacity_exceeded", "Groq"),
        Busy("service_tier_capacity_exceeded", "Mistral"),
        Busy("NoCapacity", "Azure"),
        Busy("ModelNotReadyException", "Bedrock"),
        Bare("1305", "Zhipu"),
        Text("overloaded", "Gemini, Anthropic, SiliconFlow"),
        Text("high demand", "Azure, Gemini"),
        Text("at capacity", "Fireworks, gateways"),
        Text("capacity exceeded", "Groq, Mistral"),
        // Its estimated_time says for how long.
        Text("is currently loading", "Hugging Face"),
    ];

    private static VendorWording Busy(string words, string vendors) => new(FailureKind.Overloaded, WordingPlace.Sign, words, vendors);

    private static VendorWording Bare(string words, string vendors) => new(FailureKind.Overloaded, WordingPlace.BareCode, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.Overloaded, WordingPlace.Text, words, vendors);
}

/// <summary>The server has failed, and says so with a status that would blame the request.</summary>
internal static class ServerWordings
{
    public static readonly VendorWording[] All =
    [
        // lmstudio-ai/lmstudio-bug-tracker#1347, charmbracelet/crush#2546
        Text("model has crashed", "LM Studio"),
        Text("failed to load model", "LM Studio"),
        Text("model unloaded", "LM Studio"),
        Text("model is unloaded", "LM Studio"),
        Text("model reloaded", "LM Studio"),
        Text("channel error", "LM Studio"),
        Text("CUDA out of memory", "engines"),
        Text("CUDA error", "engines"),
        Text("upstream connect error", "Envoy"),
        Text("internal server error", "gateways"),
    ];

    private static VendorWording Text(string words, string vendors) => new(FailureKind.ServerError, WordingPlace.Text, words, vendors);
}

/// <summary>Looks for a vendor's words in what the caller sent.</summary>
internal static class RequestWords
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = ChatRequestScanner.MaxDepth };

    /// <summary>Whether a text or a name anywhere in the request holds the words.</summary>
    public static bool Hold(ChatRequest request, VendorWording wording)
    {
        var reader = new Utf8JsonReader(request.Bytes, Options);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && wording.IsIn(VendorText.Plain(TextOf(ref reader))))
                    return true;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a text with broken escapes; where nothing can be said, no deployment is taken out.
            return true;
        }

        return false;
    }

    private static string TextOf(ref Utf8JsonReader reader) => reader.ValueIsEscaped ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
}
