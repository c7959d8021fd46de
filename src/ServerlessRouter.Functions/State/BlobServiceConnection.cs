using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using ServerlessRouter.Functions.Identity;

namespace ServerlessRouter.Functions.State;

/// <summary>Opens the blobs of the account that <see cref="TableServiceConnection"/> opens the tables of.</summary>
internal static class BlobServiceConnection
{
    /// <exception cref="InvalidOperationException">No account is named.</exception>
    public static BlobServiceClient Open(IConfiguration configuration)
    {
        const string Section = TableServiceConnection.Section;
        if (configuration[Section] is { Length: > 0 } connectionString)
            return new BlobServiceClient(connectionString);
        var endpoint = configuration[$"{Section}:blobServiceUri"] is { Length: > 0 } uri ? new Uri(uri)
            : configuration[$"{Section}:accountName"] is { Length: > 0 } account ? new Uri($"https://{account}.blob.core.windows.net")
            : throw new InvalidOperationException($"No storage account is named. Set {Section}__blobServiceUri (with {Section}__clientId), or {Section} to a connection string.");
        return new BlobServiceClient(endpoint, AppIdentity.Of(configuration[$"{Section}:clientId"]));
    }
}
