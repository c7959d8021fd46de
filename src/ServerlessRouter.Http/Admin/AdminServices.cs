using ServerlessRouter.Admission;
using ServerlessRouter.Configuration.Stored;

namespace ServerlessRouter.Http.Admin;

/// <summary>What the admin's endpoints work with.</summary>
/// <param name="Gate">Says who is the admin.</param>
/// <param name="Configurations">The stored configurations; null where the router takes its configuration from elsewhere.</param>
public sealed record AdminServices(AdminGate Gate, ConfigurationAdministration? Configurations)
{
    /// <summary>No key opens it, and there is nothing behind.</summary>
    public static AdminServices Closed { get; } = new(new AdminGate(null, []), null);
}
