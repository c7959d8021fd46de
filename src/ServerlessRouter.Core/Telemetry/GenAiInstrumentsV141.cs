using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>The metrics of clients in version 1.41 of the conventions.</summary>
internal sealed class GenAiInstrumentsV141(Meter meter) : IGenAiInstruments
{
    private readonly Histogram<double> _duration = meter.CreateHistogram(
        GenAiNames.OperationDuration, "s", "Calls to vendors, from sending to the settled end", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = GenAiNames.SecondsBuckets });

    private readonly Histogram<double> _firstChunk = meter.CreateHistogram(
        GenAiNames.OperationTimeToFirstChunk, "s", "Streams, from sending to the first content", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = GenAiNames.SecondsBuckets });

    private readonly Histogram<long> _tokens = meter.CreateHistogram(
        GenAiNames.TokenUsage, "{token}", "Tokens of calls to vendors", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = GenAiNames.TokenBuckets });

    public bool Enabled => _duration.Enabled || _tokens.Enabled || _firstChunk.Enabled;

    public void Record(AttemptContext attempt, in TagList tags, TimeProvider time)
    {
        _duration.Record(time.GetElapsedTime(attempt.StartedAt, attempt.EndedAt).TotalSeconds, AttemptMetrics.WithError(tags, attempt));
        if (attempt.FirstTokenAt != 0 && attempt.Request.Request.IsStream)
            _firstChunk.Record(time.GetElapsedTime(attempt.StartedAt, attempt.FirstTokenAt).TotalSeconds, tags);
        var usage = attempt.Usage;
        if (usage.TotalTokens == 0)
            return;
        _tokens.Record(usage.PromptTokens, AttemptMetrics.With(tags, GenAiNames.TokenType, GenAiNames.Input));
        if (attempt.Operation == AttemptOperation.Chat)
            _tokens.Record(usage.CompletionTokens, AttemptMetrics.With(tags, GenAiNames.TokenType, GenAiNames.Output));
    }
}
