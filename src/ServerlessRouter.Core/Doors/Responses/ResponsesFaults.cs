using ServerlessRouter.Errors;

namespace ServerlessRouter.Doors.Responses;

/// <summary>What can be wrong with a request for a response.</summary>
internal static class ResponsesFaults
{
    public static RouterError WrongType(string param, string wanted) => RouterError.InvalidRequest($"'{param}' must be {wanted}.", param);

    public static RouterError Twice(string param) => RouterError.InvalidRequest($"'{param}' is sent twice; send it once.", param);

    public static RouterError Missing(string param, string wanted) => RouterError.InvalidRequest($"'{param}' is missing: {wanted}.", param);

    /// <summary>Nothing that the router could ask has it.</summary>
    public static RouterError Unsupported(string message, string param) => new(RouterErrorCode.UnsupportedParameter, message) { Param = param };

    public static RouterError NotFound(string message, string param) => new(RouterErrorCode.PreviousResponseNotFound, message) { Param = param };
}
