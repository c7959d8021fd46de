using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Http;
using ServerlessRouter.Core.Tests.Jobs;
using ServerlessRouter.Http;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Lessons;
using ServerlessRouter.Logins;
using ServerlessRouter.Recording;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Governance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Architecture;

/// <summary>The endpoints, for tests that read the table and call none.</summary>
internal static class EndpointTable
{
    public static RouterEndpoints Create()
    {
        var models = new RouterModelSource(new RouterBuilder().Model("mini").Build());
        var (time, random, loggers) = (new ManualTimeProvider(), new SeededRandomSource(1), NullLoggerFactory.Instance);
        return new RouterEndpoints(new EndpointServices
        {
            Pipeline = new ScriptedPipeline(),
            Models = models,
            Metrics = new RouterMetrics(),
            Vitals = VitalsOf.Healthy,
            Feedback = new OnlineStatistics(models, time),
            Jobs = new JobScene().Jobs,
            Books = new Accounting(new MemoryTableStore(time), models, new AccountingOptions(), time, random, loggers),
            Limits = MemoryLedger.Reader(time),
            Admin = AdminServices.Closed,
            Logins = new LoginBook(new MemoryTableStore(time), time),
            Time = time,
            Random = random,
            Loggers = loggers,
        });
    }
}
