using Microsoft.AspNetCore.Http;
using ServerlessRouter.Doors;

namespace ServerlessRouter.Http.Wire;

/// <summary>Says through which door a request came in, so that whatever is answered, also an error before it is read, has that door's form.</summary>
internal static class DoorOfRequest
{
    /// <summary>Notes the door.</summary>
    public static void Set(HttpContext http, ApiDoor door) => http.Features.Set(door);

    /// <summary>The door; null where the caller speaks chat completions, or what has no form but OpenAI's.</summary>
    public static ApiDoor? Find(HttpContext http) => http.Features.Get<ApiDoor>();

    /// <summary>What the writer of an answer must know of its request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="previousId">The kept answer that it went on from.</param>
    /// <param name="now">When the answer begins.</param>
    public static DoorTerms TermsOf(Pipeline.RequestContext context, string? previousId, DateTimeOffset now) => new(
        context.RequestId, context.Request.Door?.Body ?? default, context.AnsweringModel ?? context.Request.Model, context.Profile?.PromptTokens ?? 0, now)
    {
        PreviousResponseId = previousId,
    };
}
