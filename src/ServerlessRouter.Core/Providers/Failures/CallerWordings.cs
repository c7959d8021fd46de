using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>What only the caller can mend although it sounds like something else: an answer asked too long, a file or picture that cannot be had.</summary>
internal static class CallerWordings
{
    public static readonly VendorWording[] All =
    [
        // ChatGPTNextWeb/NextChat#3195: too long an answer was asked, whatever the prompt.
        Text("supports at most*completion tokens", "OpenAI, Azure"),
        Text("maximum allowed number of output tokens", "Anthropic"),
        // scaleway/docs-content PR#4858: said with 416.
        Text("max_completion_tokens is limited for this model", "Scaleway"),
        // Names the window, though the answer's length is at fault.
        Text("must be less than or equal to*the maximum value for `max_", "Groq"),
        Text("Range of max_tokens should be", "DashScope"),
        Text("valid range of max_tokens is", "DeepSeek"),
        Text("maxOutputTokens value of*supported range", "Gemini, Vertex AI"),
        Text("the maximum output for this model", "Cohere"),
        Text("maximum tokens you requested exceeds the model limit", "Bedrock"),

        // What the caller's addresses answer must not sound like the vendor's own credential.
        Sign("invalid_image_url", "OpenAI, Azure"),
        Sign("failed_to_download_image", "OpenAI"),
        Text("while downloading", "OpenAI, Azure"),
        Text("unable to download", "Anthropic"),
        Text("failed to download", "vLLM, DashScope"),
        Text("failed to fetch*image", "Groq, Together"),
        Text("cannot fetch content from the provided URL", "Gemini"),

        // Said of a response that failed, which has no status.
        Sign("invalid_image", "OpenAI"),
        Sign("invalid_image_format", "OpenAI"),
        Sign("invalid_base64_image", "OpenAI"),
        Sign("unsupported_image_media_type", "OpenAI"),
        Sign("image_parse_error", "OpenAI"),
        Sign("image_too_large", "OpenAI"),
        Sign("image_file_too_large", "OpenAI"),
        Sign("empty_image_file", "OpenAI"),

        // Things of the caller's that the vendor does not know.
        Text("No such File object", "OpenAI"),
        Text("file*not found", "OpenAI, Anthropic"),
        Sign("file_not_found", "OpenAI"),
        Sign("previous_response_not_found", "OpenAI"),
        Text("tool*not found in", "OpenAI, xAI"),
    ];

    private static VendorWording Sign(string words, string vendors) => new(FailureKind.RequestRejected, WordingPlace.Sign, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.RequestRejected, WordingPlace.Text, words, vendors);
}
