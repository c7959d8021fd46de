using System.Text.Json.Nodes;
using ServerlessRouter.Configuration.Secrets;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>Makes providers of the connections that other products' configurations write.</summary>
internal sealed class ForeignConnections(ImportDraft draft)
{
    private const string NoCredential = "none";
    private const string ExampleOfAzure = "https://your-resource.openai.azure.com/";

    /// <summary>What is written where a server wants no key and a client insists on one.</summary>
    private static readonly HashSet<string> EmptyKeys = new(StringComparer.OrdinalIgnoreCase) { "none", "null", "empty", "dummy", "fake-key", "fake", "ollama", "anything", "na", "no-key", "not-needed", "sk-1234", "lm-studio", "x", "xxx" };

    private static readonly string[] OperationEndings = ["/chat/completions", "/completions", "/embeddings", "/responses", "/v1/messages", "/messages"];

    private static readonly string[] SecretNameEndings = ["authorization", "cookie", "key", "password", "secret", "token"];

    /// <summary>The provider for a connection, whether it is a server of one's own, whose answers cost nothing, and whether it is called at the vendor's own address.</summary>
    public (string Provider, bool IsOwn, bool IsUsualAddress) Of(ForeignVendor vendor, ForeignConnection connection, string path)
    {
        var endpoint = Endpoint(vendor, connection, path);
        var isOwn = endpoint is not null && IsOwnServer(endpoint) && (vendor.IsOwn || vendor == ForeignVendors.OpenAI);
        var provider = new JsonObject { ["kind"] = vendor.Kind };
        if (endpoint is not null)
            provider["endpoint"] = endpoint.AbsoluteUri;
        if (Credential(vendor, connection, endpoint, path) is { } credential)
            provider["credential"] = credential;
        if (draft.Plain(connection.Region) is { } region)
            provider["region"] = region;
        if (vendor.Kind == ForeignVendors.Azure.Kind && draft.Plain(connection.ApiVersion) is { Length: > 0 } version && version is not ("v1" or "latest"))
            provider["apiVersion"] = version;
        if (Headers(connection, path) is { Count: > 0 } headers)
            provider["headers"] = headers;
        return (draft.ProviderNamed(NameOf(vendor, connection, endpoint), provider), isOwn || vendor.IsOwn, endpoint is null || vendor.Kind == ForeignVendors.Azure.Kind);
    }

    private static string NameOf(ForeignVendor vendor, ForeignConnection connection, Uri? endpoint) => connection.Name is { } own
        ? own.Replace('/', '-')
        : vendor.Kind == ForeignVendors.Azure.Kind && endpoint is { IsLoopback: false } && endpoint.AbsoluteUri != ExampleOfAzure ? $"azure-{endpoint.Host.Split('.')[0]}" : vendor.Name;

    private Uri? Endpoint(ForeignVendor vendor, ForeignConnection connection, string path)
    {
        if (connection.Address is { } written)
        {
            if (draft.Plain(written) is { } text && Address(text.Trim(), vendor) is { } given)
                return given;
            var example = Example(vendor);
            var reason = ImportDraft.VariableIn(written.Text ?? "") is { } variable ? $"the address stands in {variable}, which is not set here" : "the address is no http address";
            draft.Note(ImportOutcome.ToDo, path, written, $"{reason}: write it as endpoint of the provider, where {example} stands now");
            return example;
        }

        if (vendor.Endpoint is { } usual)
            return new Uri(usual);
        if (vendor.Kind == ForeignVendors.Azure.Kind || vendor.Name is "xinference" or "databricks" or "litellm")
        {
            draft.Note(ImportOutcome.ToDo, path, connection.Key ?? ForeignValue.Scalar(1, "", isQuoted: true), $"no address is written: put it in as endpoint of the provider, where {Example(vendor)} stands now");
            return Example(vendor);
        }

        return null;
    }

    private static Uri Example(ForeignVendor vendor) => new(vendor switch
    {
        { Kind: "azure-openai" } => ExampleOfAzure,
        { IsOwn: true } => "http://127.0.0.1:8000/v1/",
        _ => $"https://{vendor.Name}.example.com/v1/",
    });

    /// <summary>The base address: without the operation at its end, and with <c>/v1/</c> where the vendor's own client adds it. Null where it is none.</summary>
    private static Uri? Address(string text, ForeignVendor vendor)
    {
        if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}", UriKind.Absolute, out var written) || written.Scheme is not ("http" or "https"))
            return null;
        var path = written.AbsolutePath.TrimEnd('/');
        if (OperationEndings.FirstOrDefault(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) is { } operation)
            path = path[..^operation.Length];
        if (vendor.Kind == ForeignVendors.Azure.Kind && path.IndexOf("/openai", StringComparison.OrdinalIgnoreCase) is >= 0 and var azure)
            path = path[..azure];
        var needsVersion = vendor.Name == "ollama" || vendor.Kind == "anthropic";
        if (needsVersion && !path.EndsWith("/v1", StringComparison.Ordinal))
            path += "/v1";
        return new UriBuilder(written.Scheme, written.Host, written.IsDefaultPort ? -1 : written.Port, path + "/").Uri;
    }

    /// <summary>This machine, the host of a container, a name without dots, an address of a private network.</summary>
    private static bool IsOwnServer(Uri endpoint) =>
        endpoint.IsLoopback || !endpoint.Host.Contains('.', StringComparison.Ordinal) || endpoint.Host is "host.docker.internal" or "0.0.0.0" || endpoint.Host.EndsWith(".local", StringComparison.Ordinal)
        || endpoint.Host.EndsWith(".internal", StringComparison.Ordinal) || endpoint.Host.StartsWith("10.", StringComparison.Ordinal) || endpoint.Host.StartsWith("192.168.", StringComparison.Ordinal);

    private string? Credential(ForeignVendor vendor, ForeignConnection connection, Uri? endpoint, string path)
    {
        if (connection.IsEntra && vendor.Kind == ForeignVendors.Azure.Kind)
            return "entra";
        if (connection.Key is { } key && (ImportDraft.VariableIn(key.Text ?? "") is not null || !EmptyKeys.Contains(key.Text ?? "")))
            return draft.Credential(key, vendor.Variable ?? $"{vendor.Name.ToUpperInvariant().Replace('-', '_')}_API_KEY", path);
        if (vendor.IsOwn && endpoint is null)
            return null;
        if (vendor.IsOwn || (connection.Key is not null && endpoint is not null) || (endpoint is not null && connection.Address is not null && IsOwnServer(endpoint)))
            return endpoint is { IsLoopback: true } ? null : NoCredential;
        return $"{SecretSchemes.Environment}:{vendor.Variable}";
    }

    private JsonObject Headers(ForeignConnection connection, string path)
    {
        var headers = new JsonObject();
        if (draft.Plain(connection.Organization) is { } organization)
            headers["OpenAI-Organization"] = organization;
        foreach (var (name, value) in connection.Headers?.Members ?? [])
        {
            if (value.Text is not { } text)
                continue;
            var isSecret = SecretNameEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
            var word = text.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? text[..7] : "";
            headers[name] = ImportDraft.VariableIn(text[word.Length..]) is { } variable ? $"{word}{SecretSchemes.Environment}:{variable}"
                : isSecret ? word + draft.Credential(ForeignValue.Scalar(value.Line, text[word.Length..], isQuoted: true), name.ToUpperInvariant().Replace('-', '_'), path)
                : text;
        }

        return headers;
    }
}
