using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks the header in which applications name their end users: it must be one, and hold nothing secret.</summary>
internal sealed class EndUserHeaderValidator : IConfigValidator
{
    private const string Path = "server.endUserHeader";
    private const int MaxLength = 64;

    private static readonly string[] OfKeys = ["authorization", "api-key", "x-api-key", "cookie", "proxy-authorization"];

    public void Validate(ValidationContext context)
    {
        if (context.Config.Server?.EndUserHeader is not { } header)
            return;
        if (header.Length > MaxLength || header.Any(static letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')))
            context.Findings.Error(Path, $"is {Quoted.Text(header)}, which is no name of a header; write letters, digits and -, such as x-end-user");
        else if (OfKeys.Contains(header, StringComparer.OrdinalIgnoreCase))
            context.Findings.Error(Path, $"is {Quoted.Text(header)}, which holds secrets; name a header of its own, such as x-end-user");
    }
}
