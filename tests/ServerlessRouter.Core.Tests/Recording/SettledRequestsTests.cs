using Microsoft.Extensions.Logging;
using ServerlessRouter.Core.Tests.Recording.Usage;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording;

/// <summary>What a request does for the books before it is answered: next to nothing.</summary>
public sealed class SettledRequestsTests : IRequestListener, IDisposable
{
    private readonly LogCollector _logs = new();
    private readonly ILoggerFactory _loggers;
    private readonly List<RequestContext> _heard = [];

    public SettledRequestsTests() => _loggers = LoggerFactory.Create(builder => builder.AddProvider(_logs));

    [Fact]
    public void OnSettled_UntilDrained_TellsNoListener()
    {
        var settled = Listen();
        var (first, second) = (UsageFleet.Answered("a"), UsageFleet.Answered("b"));

        settled.OnSettled(first);
        settled.OnSettled(second);

        Assert.Empty(_heard);
        settled.Drain();
        Assert.Equal([first, second], _heard);
    }

    [Fact]
    public void OnSettled_OnceWarm_AllocatesNothing()
    {
        var settled = Listen();
        var context = UsageFleet.Answered("a");
        for (var count = 0; count < 2000; count++)
            settled.OnSettled(context);
        settled.Drain();

        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (var count = 0; count < 200; count++)
                settled.OnSettled(context);
        }));
    }

    [Fact]
    public void OnSettled_NotDrained_StaysBoundedAndSaysHowManyAreMissing()
    {
        var settled = Listen();
        var context = UsageFleet.Answered("a");
        for (var count = 0; count < SettledRequests.Capacity + 3; count++)
            settled.OnSettled(context);

        settled.Drain();
        settled.Drain();

        Assert.Equal(SettledRequests.Capacity, _heard.Count);
        Assert.Contains("3 requests ended faster", Assert.Single(_logs.Entries).Message, StringComparison.Ordinal);
    }

    void IRequestListener.OnSettled(RequestContext context) => _heard.Add(context);

    public void Dispose()
    {
        _loggers.Dispose();
        _logs.Dispose();
    }

    private SettledRequests Listen() => new(_loggers.CreateLogger<SettledRequests>(), this);
}
