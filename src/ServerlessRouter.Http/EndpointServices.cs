using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Logins;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Logins;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Http;

/// <summary>What the endpoints answer with.</summary>
public sealed record EndpointServices
{
    public required IRouterPipeline Pipeline { get; init; }

    public required RouterModelSource Models { get; init; }

    /// <summary>Counts what is refused before the pipeline.</summary>
    public required RouterMetrics Metrics { get; init; }

    public required IDeploymentVitals Vitals { get; init; }

    public required IFeedback Feedback { get; init; }

    public required JobServices Jobs { get; init; }

    public required Accounting Books { get; init; }

    public required LimitReader Limits { get; init; }

    public required AdminServices Admin { get; init; }

    /// <summary>The sessions of the dashboard.</summary>
    public required LoginBook Logins { get; init; }

    /// <summary>How the host has people log in.</summary>
    public LoginOptions LoginOptions { get; init; } = new();

    public required TimeProvider Time { get; init; }

    public required IRandomSource Random { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Those of a router that is wired.</summary>
    public static EndpointServices Of(RouterServices router, JobServices jobs, AdminServices admin) => new()
    {
        Pipeline = router.Pipeline,
        Models = router.Models,
        Metrics = router.Metrics,
        Vitals = router.Vitals,
        Feedback = router.Feedback,
        Jobs = jobs,
        Books = router.Books,
        Limits = router.Limits,
        Admin = admin,
        Logins = router.Logins,
        Time = router.Options.Time,
        Random = router.Options.Random,
        Loggers = router.Options.Loggers,
    };
}
