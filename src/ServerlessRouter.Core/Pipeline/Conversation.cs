using System.IO.Hashing;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Pipeline;

/// <summary>
/// Tells which requests go on from one another, so that they find the prompt cache of the vendor that answered before: 1 what the caller calls the conversation, 2 the
/// <c>metadata.user_id</c> of Anthropic's clients, which names a session, 3 what the prompt begins with, where it is long enough to be cached at all.
/// </summary>
internal static class Conversation
{
    public const string Header = "x-session-id";

    /// <summary>Vendors cache no shorter prompts.</summary>
    public const int MinCachedTokens = 1024;

    /// <summary>No prompt with fewer bytes has so many tokens.</summary>
    private const int MinBytes = 2 * MinCachedTokens;

    /// <summary>The conversation's name; null for a request that is too short to have one and whose caller names none.</summary>
    public static string? NameOf(RequestContext context)
    {
        if (context.Headers.Get(Header) is { Length: > 0 } named)
            return named;
        var request = context.Request;
        if (request.SessionId is { } session)
            return session;
        if (request is { Door.Schema: WireSchema.Messages, SessionKey: { } user })
            return user;
        return request.Length < MinBytes ? null : NameOfBeginning(request);
    }

    /// <summary>Whether the caller asks its vendor to keep the prompt for an hour, not for minutes.</summary>
    public static bool LastsAnHour(ChatRequest request) => request.Length >= MinBytes && request.Bytes.IndexOf("\"1h\""u8) >= 0;

    /// <summary>Tools, instructions and the first words of the user are the same in every turn. Instances agree on the hash.</summary>
    private static string NameOfBeginning(ChatRequest request)
    {
        var hash = new XxHash3();
        if (request.TryGetMember("tools"u8, out var tools))
            hash.Append(tools.Value.In(request.Bytes));
        var first = -1;
        foreach (var piece in request.Texts)
        {
            if (piece.Role == MessageRole.User && first < 0)
                first = piece.Message;
            if (piece.Role == MessageRole.System || piece.Message == first)
                hash.Append(piece.Range.In(request.Bytes));
            else if (first >= 0)
                break;
        }

        return hash.GetCurrentHashAsUInt64().ToString("x16");
    }
}
