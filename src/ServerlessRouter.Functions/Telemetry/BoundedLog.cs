using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace ServerlessRouter.Functions.Telemetry;

/// <summary>Hands on so many lines of the log in a minute and no more; errors have a share of their own, so that warnings cannot push them out.</summary>
internal sealed class BoundedLog(BaseProcessor<LogRecord> sender, TimeProvider time) : CompositeProcessor<LogRecord>([sender])
{
    /// <summary>Of errors, and as many again of all below them.</summary>
    public const int MaxLinesPerMinute = 60;

    private readonly MinuteBudget _errors = new(MaxLinesPerMinute, time);
    private readonly MinuteBudget _others = new(MaxLinesPerMinute, time);

    public override void OnEnd(LogRecord line)
    {
        if ((line.LogLevel >= LogLevel.Error ? _errors : _others).TryTake())
            base.OnEnd(line);
    }
}
