using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;

namespace ServerlessRouter.Http;

/// <summary>What the endpoints answer with.</summary>
public sealed record EndpointServices
{
    public required IRouterPipeline Pipeline { get; init; }

    public required RouterModelSource Models { get; init; }

    public required IDeploymentVitals Vitals { get; init; }

    public required IFeedback Feedback { get; init; }

    public required JobServices Jobs { get; init; }

    public required Accounting Books { get; init; }

    public required LimitReader Limits { get; init; }

    public required AdminServices Admin { get; init; }

    public required TimeProvider Time { get; init; }

    public required IRandomSource Random { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Those of a router that is wired.</summary>
    public static EndpointServices Of(RouterServices router, JobServices jobs, AdminServices admin) => new()
    {
        Pipeline = router.Pipeline,
        Models = router.Models,
        Vitals = router.Vitals,
        Feedback = router.Feedback,
        Jobs = jobs,
        Books = router.Books,
        Limits = router.Limits,
        Admin = admin,
        Time = router.Options.Time,
        Random = router.Options.Random,
        Loggers = router.Options.Loggers,
    };
}
