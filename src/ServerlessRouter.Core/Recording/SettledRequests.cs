using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording;

/// <summary>
/// Hands settled requests on to listeners that take their time, beside the requests: all a request does is leave itself in a bounded queue. Its bytes and headers are gone by
/// then, and must not be looked at. What does not fit is dropped and said.
/// </summary>
internal sealed partial class SettledRequests : IRequestListener
{
    /// <summary>The name of <see cref="Step"/>.</summary>
    public const string StepName = "settled";

    /// <summary>Requests that may wait.</summary>
    public const int Capacity = 16_384;

    /// <summary>So many new ones ask for a turn, so that they are let go while they are young.</summary>
    private const int WakesAfter = 256;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Channel<RequestContext> _queue = Channel.CreateBounded<RequestContext>(Capacity);
    private readonly Lock _draining = new();
    private readonly IRequestListener[] _listeners;
    private readonly ILogger _logger;
    private int _taken;
    private int _dropped;

    public SettledRequests(ILogger<SettledRequests> logger, params IRequestListener[] listeners)
    {
        (_logger, _listeners) = (logger, listeners);
        Step = new PeriodicStep(StepName, Interval, Interval, _ =>
        {
            Drain();
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>Hands on what waits.</summary>
    public PeriodicStep Step { get; }

    public void OnSettled(RequestContext context)
    {
        if (!_queue.Writer.TryWrite(context))
            Interlocked.Increment(ref _dropped);
        else if (Interlocked.Increment(ref _taken) % WakesAfter == 0)
            Step.Wake();
    }

    /// <summary>Hands on everything that has come, now.</summary>
    public void Drain()
    {
        lock (_draining)
        {
            while (_queue.Reader.TryRead(out var context))
            {
                foreach (var listener in _listeners)
                    listener.OnSettled(context);
            }
        }

        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            LogDropped(dropped);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Dropped} requests ended faster than they could be put into the books: they are missing in usage and records")]
    private partial void LogDropped(int dropped);
}
