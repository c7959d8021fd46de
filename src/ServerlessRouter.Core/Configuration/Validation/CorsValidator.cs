using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks which web pages may call the router.</summary>
internal sealed class CorsValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (place, written) in (context.Config.Server?.Cors?.Origins).Entries())
        {
            var path = ConfigPath.Item("server.cors.origins", place);
            if (WebOrigin.Parse(written) is not { } origin)
                context.Findings.Error(path, $"is {Quoted.Text(written)}, which is no origin; write scheme and host, and the port where it is not the scheme's own, such as https://chat.example.com or http://localhost:3000, without a path. Every origin is admitted where the list is left out");
            else if (!origin.IsOfThisMachine && context.Config.Keys is not { Count: > 0 })
                context.Findings.Warning(path, "names another machine, whose pages are not served while there are no keys");
        }
    }
}
