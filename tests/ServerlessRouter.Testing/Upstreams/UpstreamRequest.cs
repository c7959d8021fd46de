using System.Text;
using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>One request exactly as it arrived.</summary>
public sealed class UpstreamRequest
{
    private const string EmbeddingsPath = "/embeddings";
    private const string ChatPath = "/chat/completions";
    private const string ResponsesPath = "/responses";

    private readonly Lazy<JsonObject?> _json;

    internal UpstreamRequest(int number, string method, string path, string query, IReadOnlyDictionary<string, string> headers, byte[] body)
    {
        (Number, Method, Path, Query, Headers, Body) = (number, method, path, query, headers, body);
        Dialect = DialectOf(path);
        _json = new Lazy<JsonObject?>(ParseBody);
    }

    /// <summary>Its place in the order of arrival, from 1.</summary>
    public int Number { get; }

    public string Method { get; }

    public string Path { get; }

    /// <summary>With its question mark; empty when there is none.</summary>
    public string Query { get; }

    /// <summary>Names without regard to case; several values of one name are joined by commas.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    public byte[] Body { get; }

    public Dialect Dialect { get; }

    /// <summary>It asks for the vector of a text, not for an answer.</summary>
    public bool IsForEmbeddings => Path.EndsWith(EmbeddingsPath, StringComparison.Ordinal);

    /// <summary>The text whose vector is asked for.</summary>
    public string? Input => Text("input");

    /// <summary>What vectors are asked for, token ids with spaces between them; null where that is in no form the vendors take.</summary>
    public IReadOnlyList<string>? Inputs => Json?["input"] switch
    {
        JsonValue => Input is { Length: > 0 } text ? [text] : null,
        JsonArray { Count: > 0 } ids when ids.All(IsId) => [IdsOf(ids)],
        JsonArray { Count: > 0 and <= 2048 } all when all.All(static one => one is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0) => [.. all.Select(static one => (string)one!)],
        JsonArray { Count: > 0 and <= 2048 } all when all.All(static one => one is JsonArray { Count: > 0 } ids && ids.All(IsId)) => [.. all.Select(static one => IdsOf(one!.AsArray()))],
        _ => null,
    };

    public string BodyText => Encoding.UTF8.GetString(Body);

    /// <summary>The body as an object; null when it is not one.</summary>
    public JsonObject? Json => _json.Value;

    /// <summary>The body's <c>model</c>, or the deployment in an Azure path.</summary>
    public string? Model => Text("model") ?? DeploymentInPath;

    public bool IsStreaming => Json?["stream"] is JsonValue value && value.TryGetValue(out bool stream) && stream;

    /// <summary>Whether the client asked for a usage chunk at the end of the stream.</summary>
    public bool WantsStreamedUsage => (Json?["stream_options"] as JsonObject)?["include_usage"] is JsonValue value && value.TryGetValue(out bool wants) && wants;

    internal string? DeploymentInPath
    {
        get
        {
            var segments = Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            var at = Array.IndexOf(segments, "deployments");
            return at > 0 && segments[at - 1] == "openai" && at + 1 < segments.Length ? Uri.UnescapeDataString(segments[at + 1]) : null;
        }
    }

    public override string ToString() => $"#{Number} {Method} {Path}{Query}";

    private static bool IsId(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int id) && id >= 0;

    private static string IdsOf(JsonArray ids) => string.Join(' ', ids.Select(static id => (int)id!));

    private static Dialect DialectOf(string path) => path switch
    {
        _ when path.EndsWith("/v1/messages", StringComparison.Ordinal) => Dialect.Anthropic,
        _ when path.EndsWith(ResponsesPath, StringComparison.Ordinal) => Dialect.Responses,
        _ when !path.EndsWith(ChatPath, StringComparison.Ordinal) && !path.EndsWith(EmbeddingsPath, StringComparison.Ordinal) => Dialect.Unknown,
        _ when path.Contains("/openai/deployments/", StringComparison.Ordinal)
            || path.EndsWith($"/openai/v1{ChatPath}", StringComparison.Ordinal) || path.EndsWith($"/openai/v1{EmbeddingsPath}", StringComparison.Ordinal) =>
            Dialect.AzureOpenAi,
        _ => Dialect.OpenAi,
    };

    private string? Text(string field) => Json?[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private JsonObject? ParseBody()
    {
        try
        {
            return JsonNode.Parse(Body) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
