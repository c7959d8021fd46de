using System.Globalization;
using System.Text.Json;
using ServerlessRouter.Configuration;
using ServerlessRouter.Logins;

namespace ServerlessRouter.Http.Logins;

/// <summary>What a page is told of its session.</summary>
/// <param name="Holder">Whose it is; null for the caller without a key.</param>
/// <param name="Role">What the admin may do; null for callers.</param>
/// <param name="RequestToken">What to send with everything that changes something; empty where no cookie counts.</param>
/// <param name="ExpiresAt">When it ends; null where it does not.</param>
internal sealed record LoginDocument(LoginHolder? Holder, AdminRole? Role, string RequestToken, DateTimeOffset? ExpiresAt)
{
    /// <summary>Everyone who reaches the router is the caller without a key.</summary>
    public static readonly LoginDocument Anonymous = new(null, null, "", null);

    public static void Write(Utf8JsonWriter writer, LoginDocument session)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "session"u8);
        writer.WriteString("role"u8, session.Holder is { IsAdmin: true } ? "admin"u8 : "caller"u8);
        writer.WriteString("admin_role"u8, session.Role switch { AdminRole.Admin => AdminRoles.Admin, AdminRole.Keys => AdminRoles.Keys, _ => null });
        writer.WriteString("name"u8, session.Holder?.Name ?? "");
        writer.WriteString("csrf"u8, session.RequestToken);
        writer.WriteString("expires_at"u8, session.ExpiresAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }
}
