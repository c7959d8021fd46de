using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks whose tokens are taken: what is signed over an open line proves nothing.</summary>
internal sealed class EntraValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        if (context.Config.Entra is not { } entra)
            return;
        var findings = context.Findings;
        ValidateUrl(entra.Issuer, "entra.issuer", findings);
        ValidateUrl(entra.Metadata, "entra.metadata", findings);
        if (entra is { Roles: null or { Count: 0 }, AdminRoles: null or { Count: 0 } })
            findings.Error("entra", "names no role, so no token would be taken; write roles, adminRoles, or both");
        string[] tiers = [.. context.Config.Tiers.Names().Union([TierModel.DefaultName])];
        foreach (var (role, tier) in entra.Roles.Entries())
        {
            if (!tiers.Contains(tier))
                findings.Error(ConfigPath.Member("entra.roles", role), UnknownNames.Reference("tier", tier, tiers));
        }

        foreach (var (role, admin) in entra.AdminRoles.Entries())
        {
            if (!AdminRoles.All.Contains(admin))
                findings.Error(ConfigPath.Member("entra.adminRoles", role), UnknownNames.Value(admin, AdminRoles.All));
        }
    }

    private static void ValidateUrl(string? written, string path, Findings findings)
    {
        if (written is not null && !(Uri.TryCreate(written, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)) && url.UserInfo.Length == 0))
            findings.Error(path, $"is {Quoted.Text(written)}, but must be an https:// address, such as https://login.microsoftonline.com/TENANT/v2.0");
    }
}
