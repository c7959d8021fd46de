using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>Reads which end user and which session of a caller a request is for. Both are the caller's own words, so a key's name stands before them.</summary>
internal static class EndUsers
{
    /// <summary>The header that names a session.</summary>
    public const string SessionHeader = "x-session-id";

    /// <summary>The end user, <c>KEY/NAME</c>; null where none is named.</summary>
    public static string? NameOf(RequestContext context)
    {
        if (context.Caller?.EndUser is { } known)
            return Qualified(context, known);
        var named = context.Router.EndUserHeader is { } header ? context.Headers.Get(header) : null;
        return Qualified(context, string.IsNullOrEmpty(named) ? TextOf(context, "user"u8) ?? TextOf(context, "safety_identifier"u8) : named);
    }

    /// <summary>The session, <c>KEY/NAME</c>; null where none is named. <c>prompt_cache_key</c> names none: whole teams share one.</summary>
    public static string? SessionOf(RequestContext context) =>
        Qualified(context, context.Headers.Get(SessionHeader) is { Length: > 0 } named ? named : TextOf(context, "session_id"u8));

    private static string? Qualified(RequestContext context, string? name) => name is null or "" ? null : SubjectNames.Join(context.CallerName, name);

    private static string? TextOf(RequestContext context, ReadOnlySpan<byte> member)
    {
        if (!context.Request.TryGetMember(member, out var written) || written.Kind != JsonTokenType.String)
            return null;
        var raw = written.Value.In(context.Request.Bytes)[1..^1];
        var text = new byte[raw.Length];
        return Encoding.UTF8.GetString(text.AsSpan(0, JsonText.Unescape(raw, text)));
    }
}
