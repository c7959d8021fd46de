using Azure.Core;
using Azure.Identity;

namespace ServerlessRouter.Functions.Identity;

/// <summary>The managed identity by which the app calls storage, secrets, models and telemetry.</summary>
internal static class AppIdentity
{
    /// <summary>Client id of the identity to use, where the app has one of its own making.</summary>
    public const string ClientIdSetting = "AZURE_CLIENT_ID";

    /// <summary>The user-assigned identity of this client id, or the system-assigned one.</summary>
    public static TokenCredential Of(string? clientId) => new ManagedIdentityCredential(
        clientId is { Length: > 0 } ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned);
}
