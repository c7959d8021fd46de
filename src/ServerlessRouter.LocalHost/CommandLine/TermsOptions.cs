using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary>The options that say what the holder of a key may do.</summary>
internal sealed class TermsOptions
{
    private readonly Option<string> _tier = new("--tier") { Description = "A tier of the configuration." };
    private readonly Option<string[]> _routes = new("--route") { Description = "A route or model it may ask for; may be given several times." };
    private readonly Option<string> _expires = new("--expires") { Description = "A day or time in UTC from which on it is not accepted; 'never' takes one away." };
    private readonly Option<string[]> _tags = new("--tag") { Description = "NAME=VALUE it is filed under; may be given several times." };
    private readonly Option<string> _terms = new("--terms") { Description = "Further members of a key as JSON, such as '{\"budget\":{\"usd\":50,\"per\":\"month\"}}'; null takes one away." };

    public Command On(Command command)
    {
        foreach (var option in new Option[] { _tier, _routes, _expires, _tags, _terms })
            command.Add(option);
        return command;
    }

    /// <summary>The members that were named, or what is wrong.</summary>
    public (JsonObject? Body, string? Fault) Read(ParseResult parsed)
    {
        JsonObject body;
        try
        {
            body = parsed.GetValue(_terms) is { } terms ? JsonNode.Parse(terms) as JsonObject ?? throw new JsonException() : [];
        }
        catch (JsonException)
        {
            return (null, "--terms must be a JSON object, such as '{\"budget\":{\"usd\":50,\"per\":\"month\"}}'.");
        }

        if (parsed.GetValue(_tier) is { } tier)
            body["tier"] = tier;
        if (parsed.GetValue(_routes) is { Length: > 0 } routes)
            body["routes"] = new JsonArray([.. routes.Select(static route => (JsonNode)route)]);
        if (parsed.GetValue(_expires) is { } expires)
            body["expires"] = expires == "never" ? null : expires;
        if (parsed.GetValue(_tags) is { Length: > 0 } tags)
        {
            var named = new JsonObject();
            foreach (var tag in tags)
            {
                var equals = tag.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0)
                    return (null, $"--tag {tag}: write NAME=VALUE.");
                named[tag[..equals]] = tag[(equals + 1)..];
            }

            body["tags"] = named;
        }

        return (body, null);
    }
}
