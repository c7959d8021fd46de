using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http;

/// <summary>Says why a URL is none of the router's: an API that it does not offer, or a base URL that is not quite right.</summary>
internal static class NoSuchUrl
{
    private const string Chat = $"POST /{EndpointPatterns.ChatCompletions}";
    private const string AsChat = $"Ask for chat completions instead: {Chat}.";
    private const int MaxQuoted = 200;

    /// <summary>
    /// Beginnings of paths behind the version, longest first where one begins another: OpenAI's API reference, Anthropic's and OpenRouter's as of 2026; a slash at the end asks for more behind it.
    /// </summary>
    private static readonly (string Path, string Api, string Instead)[] NotOffered =
    [
        ("responses/input_tokens", "counting the tokens of a response", "POST /v1/route tells its guess."),
        ("responses/compact", "compacting conversations", "Set the client to compact them itself."),
        ("messages/batches", "Anthropic's Message Batches", $"Batches of the requests it takes are at POST /{EndpointPatterns.Batches}, with the endpoint /v1/messages."),
        ("complete", "Anthropic's Text Completions", AsChat),
        ("completions", "completions of plain text", AsChat),
        ("chat/completions/", "stored completions", "Keep the answers yourself: the router keeps none."),
        ("audio", "speech and transcriptions", "Ask the provider itself; audio inside of chat messages is passed on."),
        ("images", "making and editing images", "Ask the provider itself; images inside of chat messages are passed on."),
        ("videos", "videos", "Ask the provider itself."),
        ("realtime", "the Realtime API", $"Streams of chat completions are at {Chat} with \"stream\": true."),
        ("moderations", "moderations", "Ask the provider itself."),
        ("rerank", "reranking", "Ask the provider itself."),
        ("assistants", "assistants", AsChat),
        ("threads", "threads of assistants", AsChat),
        ("conversations", "conversations", $"Send the conversation's messages with every request: {Chat}."),
        ("vector_stores", "vector stores", "Ask the provider itself."),
        ("containers", "containers", "Ask the provider itself."),
        ("uploads", "uploads in parts", $"Upload a file in one go: POST /{EndpointPatterns.Files}."),
        ("fine_tuning", "fine-tuning", "Ask the provider itself."),
        ("fine-tunes", "fine-tuning", "Ask the provider itself."),
        ("evals", "evals", "Ask the provider itself."),
        ("edits", "edits", AsChat),
        ("engines", "engines", $"GET /{EndpointPatterns.Models} lists what may be asked for."),
        ("organization", "organizations", $"Who used what is at GET /{EndpointPatterns.Usage}."),
        ("generation", "OpenRouter's generations", $"What became of a request is at GET /{EndpointPatterns.Requests}/ID."),
        ("credits", "credits", $"Who used what is at GET /{EndpointPatterns.Usage}."),
        ("key", "keys", $"Who used what is at GET /{EndpointPatterns.Usage}."),
    ];

    /// <summary>What may stand before the name of an API; the longest first.</summary>
    private static readonly string[] Beginnings = ["/openai/v1/", "/api/v1/", "/v1/"];

    public static RouterError Explain(PathString path)
    {
        var written = path.Value ?? "";
        // Before the APIs: behind the path of chat completions stands a stored completion, too.
        if (written.Contains("/v1/v1/", StringComparison.OrdinalIgnoreCase))
            return NotFound($"There is no URL {Quote(written)}: it has /v1 twice. Take it out of the client's base URL, the client adds it itself. Chat is at {Chat}.");
        if (written.EndsWith("/chat/completions/chat/completions", StringComparison.OrdinalIgnoreCase))
            return NotFound($"There is no URL {Quote(written)}: it has the path twice. The client's base URL ends in /v1, the client adds the rest itself. Chat is at {Chat}.");
        if (FindApi(written) is { } api)
            return NotFound($"This router does not offer {api.Api} ({Quote(written)}). {api.Instead}");
        if (written.StartsWith("/v1beta/", StringComparison.OrdinalIgnoreCase) || written.Contains(":generateContent", StringComparison.OrdinalIgnoreCase))
            return NotFound($"This router does not offer Gemini's own API ({Quote(written)}). Its models answer under OpenAI's schema too: {Chat}.");
        if (written.StartsWith("/api/", StringComparison.OrdinalIgnoreCase) && !written.StartsWith("/api/v1/", StringComparison.OrdinalIgnoreCase))
            return NotFound($"This router does not offer Ollama's own API ({Quote(written)}). Set the client to OpenAI's: {Chat}, and GET /{EndpointPatterns.Models} lists what may be asked for.");
        return NotFound($"There is no URL {Quote(written)}. Chat is at {Chat}; most clients take a base URL that ends in /v1.");
    }

    private static (string Path, string Api, string Instead)? FindApi(string path)
    {
        if (Behind(path) is not { Length: > 0 } name)
            return null;
        foreach (var known in NotOffered)
        {
            if (name.StartsWith(known.Path, StringComparison.OrdinalIgnoreCase) && (name.Length == known.Path.Length || known.Path.EndsWith('/') || name[known.Path.Length] == '/'))
                return known;
        }

        return null;
    }

    /// <summary>What stands behind the version, or behind Azure's name of a deployment.</summary>
    private static string? Behind(string path)
    {
        if (path.StartsWith(EndpointPatterns.AzureDeployments + "/", StringComparison.OrdinalIgnoreCase))
        {
            var name = path[(EndpointPatterns.AzureDeployments.Length + 1)..];
            return name.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? name[(slash + 1)..] : null;
        }

        var beginning = Array.Find(Beginnings, known => path.StartsWith(known, StringComparison.OrdinalIgnoreCase));
        return beginning is null ? null : path[beginning.Length..];
    }

    private static string Quote(string path) => path.Length <= MaxQuoted ? path : path[..MaxQuoted] + "…";

    private static RouterError NotFound(string message) => new(RouterErrorCode.NotFound, message);
}
