using ServerlessRouter.Admission;
using ServerlessRouter.Alerts;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.Keys;

namespace ServerlessRouter.Http.Admin;

/// <summary>What the admin's endpoints work with.</summary>
/// <param name="Gate">Says who is the admin.</param>
/// <param name="Configurations">The stored configurations; null where the router takes its configuration from elsewhere.</param>
public sealed record AdminServices(AdminGate Gate, ConfigurationAdministration? Configurations)
{
    /// <summary>Issues keys; null where none can be kept.</summary>
    public KeyAdministration? Keys { get; init; }

    /// <summary>Who changed what; null where it cannot be kept.</summary>
    public AuditLog? Audit { get; init; }

    /// <summary>What is wrong, and was; null where it is not kept.</summary>
    public AlertAdministration? Alerts { get; init; }

    /// <summary>Those of a router that is wired.</summary>
    public static AdminServices Of(AdminGate gate, RouterServices router) => new(gate, router.Configurations) { Keys = router.Keys, Audit = router.Audit, Alerts = router.AlertAdministration };

    /// <summary>No key opens it, and there is nothing behind.</summary>
    public static AdminServices Closed { get; } = new(new AdminGate(null, []), null);
}
