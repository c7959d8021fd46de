using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.Errors;
using ServerlessRouter.State;

namespace ServerlessRouter.Http.Admin;

/// <summary>Stands before what only the admin may do with stored configurations.</summary>
internal sealed class AdminHandler(AdminDoor door, ConfigurationAdministration? stored, Func<HttpContext, ConfigurationAdministration, ValueTask> handle) : IEndpointHandler
{
    public async ValueTask HandleAsync(HttpContext http)
    {
        if (await door.CheckAsync(http) is { } refusal)
        {
            await ErrorAnswer.WriteAsync(http.Response, refusal, http.RequestAborted);
            return;
        }

        if (stored is not { } configurations)
        {
            await ErrorAnswer.WriteAsync(http.Response, NotStored, http.RequestAborted);
            return;
        }

        try
        {
            await handle(http, configurations);
        }
        catch (TableStoreUnavailableException)
        {
            await ErrorAnswer.WriteAsync(http.Response, Unavailable, http.RequestAborted);
        }
    }

    private static RouterError NotStored => new(
        RouterErrorCode.NotFound, "This router keeps no configurations: it follows a file, or has no storage. On one machine, start it with --data FOLDER and without --config.");

    private static RouterError Unavailable => new(
        RouterErrorCode.TemporarilyUnavailable, "The router's storage cannot be reached at present. What is active stays active; ask again whether the change took place.");
}
