using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>The metrics of clients in the conventions that are not released yet: chats and embeddings apart, tokens counted beside their histograms.</summary>
internal sealed class LatestGenAiInstruments(Meter meter) : IGenAiInstruments
{
    private readonly Histogram<double> _chat = Seconds(meter, GenAiNames.InferenceDuration, "Calls to vendors for a chat, from sending to the settled end");
    private readonly Histogram<double> _embeddings = Seconds(meter, GenAiNames.EmbeddingsDuration, "Calls to vendors for embeddings, from sending to the settled end");
    private readonly Histogram<double> _firstChunk = Seconds(meter, GenAiNames.InferenceTimeToFirstChunk, "Streams, from sending to the first content");
    private readonly Histogram<long> _input = Tokens(meter, GenAiNames.InferenceInputTokens, "Tokens of one prompt");
    private readonly Histogram<long> _output = Tokens(meter, GenAiNames.InferenceOutputTokens, "Tokens of one answer");
    private readonly Histogram<long> _embedded = Tokens(meter, GenAiNames.EmbeddingsInputTokens, "Tokens of one call for embeddings");
    private readonly Counter<long> _allInput = Count(meter, GenAiNames.UsageInputTokens, "Tokens of prompts, those from the vendor's cache included");
    private readonly Counter<long> _allOutput = Count(meter, GenAiNames.UsageOutputTokens, "Tokens of answers, reasoning included");
    private readonly Counter<long> _cached = Count(meter, GenAiNames.UsageCacheReadTokens, "Tokens of prompts read from the vendor's cache");
    private readonly Counter<long> _written = Count(meter, GenAiNames.UsageCacheWriteTokens, "Tokens of prompts written to the vendor's cache");
    private readonly Counter<long> _reasoning = Count(meter, GenAiNames.UsageReasoningTokens, "Tokens of reasoning");

    public bool Enabled => _chat.Enabled || _embeddings.Enabled || _firstChunk.Enabled || _input.Enabled || _allInput.Enabled;

    public void Record(AttemptContext attempt, in TagList tags, TimeProvider time)
    {
        var seconds = time.GetElapsedTime(attempt.StartedAt, attempt.EndedAt).TotalSeconds;
        var usage = attempt.Usage;
        if (attempt.Operation == AttemptOperation.Embeddings)
        {
            _embeddings.Record(seconds, AttemptMetrics.WithError(tags, attempt));
            if (usage.PromptTokens > 0)
                _embedded.Record(usage.PromptTokens, tags);
            return;
        }

        _chat.Record(seconds, AttemptMetrics.WithError(tags, attempt));
        if (attempt.FirstTokenAt != 0 && attempt.Request.Request.IsStream)
            _firstChunk.Record(time.GetElapsedTime(attempt.StartedAt, attempt.FirstTokenAt).TotalSeconds, tags);
        if (usage.TotalTokens == 0)
            return;
        _input.Record(usage.PromptTokens, tags);
        _output.Record(usage.CompletionTokens, tags);
        // No vendor that the router knows tells its tokens by modality in the answer to every chat.
        var counted = AttemptMetrics.With(tags, GenAiNames.TokenModality, GenAiNames.UnknownModality);
        _allInput.Add(usage.PromptTokens, counted);
        _allOutput.Add(usage.CompletionTokens, counted);
        _cached.Add(usage.CachedTokens, counted);
        _written.Add(usage.CacheWriteTokens, counted);
        _reasoning.Add(usage.ReasoningTokens, counted);
    }

    private static Histogram<double> Seconds(Meter meter, string name, string description) =>
        meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = GenAiNames.SecondsBuckets });

    private static Histogram<long> Tokens(Meter meter, string name, string description) =>
        meter.CreateHistogram(name, "{token}", description, advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = GenAiNames.TokenBuckets });

    private static Counter<long> Count(Meter meter, string name, string description) => meter.CreateCounter<long>(name, "{token}", description);
}
