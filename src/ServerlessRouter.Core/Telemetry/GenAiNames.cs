using System.Collections.Immutable;

namespace ServerlessRouter.Telemetry;

/// <summary>
/// The one table of names that the router takes from OpenTelemetry's conventions. Those of version 1.41 are what the npm package <c>@opentelemetry/semantic-conventions</c> of that version
/// has, and a test compares them; the latest ones are those of <c>open-telemetry/semantic-conventions-genai</c> as of November 2026 (its pull requests 374, 440 and 521), which may still change.
/// </summary>
internal static class GenAiNames
{
    // Attributes that both versions call alike.
    public const string OperationName = "gen_ai.operation.name";
    public const string ProviderName = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string RequestStream = "gen_ai.request.stream";
    public const string RequestMaxTokens = "gen_ai.request.max_tokens";
    public const string ResponseId = "gen_ai.response.id";
    public const string ResponseModel = "gen_ai.response.model";
    public const string FinishReasons = "gen_ai.response.finish_reasons";
    public const string ResponseTimeToFirstChunk = "gen_ai.response.time_to_first_chunk";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string CacheReadTokens = "gen_ai.usage.cache_read.input_tokens";
    public const string ReasoningTokens = "gen_ai.usage.reasoning.output_tokens";
    public const string TokenType = "gen_ai.token.type";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string ErrorType = "error.type";

    // Of version 1.41 alone.
    public const string CacheCreationTokens = "gen_ai.usage.cache_creation.input_tokens";
    public const string OperationDuration = "gen_ai.client.operation.duration";
    public const string OperationTimeToFirstChunk = "gen_ai.client.operation.time_to_first_chunk";
    public const string TokenUsage = "gen_ai.client.token.usage";

    // Of the latest alone.
    public const string CacheWriteTokens = "gen_ai.usage.cache_write.input_tokens";
    public const string TokenModality = "gen_ai.token.modality";
    public const string InferenceDuration = "gen_ai.client.inference.duration";
    public const string InferenceTimeToFirstChunk = "gen_ai.client.inference.time_to_first_chunk";
    public const string InferenceInputTokens = "gen_ai.client.inference.operation.input_tokens";
    public const string InferenceOutputTokens = "gen_ai.client.inference.operation.output_tokens";
    public const string UsageInputTokens = "gen_ai.client.inference.usage.input_tokens";
    public const string UsageOutputTokens = "gen_ai.client.inference.usage.output_tokens";
    public const string UsageCacheReadTokens = "gen_ai.client.inference.usage.cache_read.input_tokens";
    public const string UsageCacheWriteTokens = "gen_ai.client.inference.usage.cache_write.input_tokens";
    public const string UsageReasoningTokens = "gen_ai.client.inference.usage.reasoning.output_tokens";
    public const string EmbeddingsDuration = "gen_ai.client.embeddings.duration";
    public const string EmbeddingsInputTokens = "gen_ai.client.embeddings.operation.input_tokens";

    // Values.
    public const string Chat = "chat";
    public const string Embeddings = "embeddings";
    public const string Input = "input";
    public const string Output = "output";
    public const string UnknownModality = "unknown";

    /// <summary>What the conventions advise for seconds.</summary>
    public static readonly ImmutableArray<double> SecondsBuckets = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

    /// <summary>What the conventions advise for tokens.</summary>
    public static readonly ImmutableArray<long> TokenBuckets = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
}
