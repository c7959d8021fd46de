using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>What a client saw of one answer, read to its end; plain and streamed answers are asked the same questions.</summary>
internal sealed class ClientAnswer
{
    private readonly HttpResponseMessage _response;
    private readonly JsonNode?[] _documents;

    private ClientAnswer(HttpResponseMessage response, byte[] body, IReadOnlyList<SseEvent> events)
    {
        (_response, Body, Events) = (response, body, events);
        _documents = IsStream
            ? [.. events.Where(item => item is { IsComment: false, IsDone: false }).Select(item => JsonNode.Parse(item.Data!))]
            : [body.Length > 0 ? JsonNode.Parse(body) : null];
    }

    public HttpStatusCode Status => _response.StatusCode;

    public byte[] Body { get; }

    /// <summary>Empty for a plain answer.</summary>
    public IReadOnlyList<SseEvent> Events { get; }

    public bool IsStream => _response.Content.Headers.ContentType?.MediaType == "text/event-stream";

    /// <summary>The body of a plain answer.</summary>
    public JsonNode Json => _documents.Single() ?? throw new InvalidDataException("The answer has no body.");

    public IEnumerable<JsonNode> Chunks => _documents.Select(document => document!);

    /// <summary>Whether it says that it is whole.</summary>
    public bool IsWhole => IsStream ? Events is [.., { IsDone: true }] : Error is null;

    public string Text => string.Concat(Choices.Select(choice => (string?)(choice["delta"] ?? choice["message"])?["content"]));

    public string? FinishReason => Choices.Select(choice => (string?)choice["finish_reason"]).LastOrDefault(reason => reason is not null);

    /// <summary>The name the answer gives its model.</summary>
    public string? Model => (string?)_documents[0]?["model"];

    public JsonNode? Usage => Last("usage");

    public JsonNode? Error => Last("error");

    public string? ErrorCode => (string?)Error?["code"];

    public string? ErrorMessage => (string?)Error?["message"];

    public JsonNode? Metadata => Last("router_metadata");

    /// <summary><c>usage.cost</c>.</summary>
    public decimal CostUsd => (decimal?)Usage?["cost"] ?? throw new InvalidDataException($"The answer has no usage.cost: {this}");

    /// <summary><c>x-router-attempts</c>.</summary>
    public int Attempts => int.Parse(Header("x-router-attempts") ?? throw new InvalidDataException($"The answer has no x-router-attempts: {this}"));

    private IEnumerable<JsonNode> Choices => _documents.SelectMany(document => document?["choices"]?.AsArray() ?? []).Select(choice => choice!);

    public static async Task<ClientAnswer> ReadAsync(HttpResponseMessage response)
    {
        await using var stream = await response.Content.ReadAsStreamAsync();
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            return new ClientAnswer(response, [], await new SseReader(stream).ReadAllAsync());
        using var body = new MemoryStream();
        await stream.CopyToAsync(body);
        return new ClientAnswer(response, body.ToArray(), []);
    }

    public string? Header(string name) =>
        _response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString()
        : _response.Content.Headers.NonValidated.TryGetValues(name, out values) ? values.ToString()
        : null;

    public override string ToString() => $"{(int)Status} {string.Join('\n', _documents.Select(document => document?.ToJsonString()))}";

    private JsonNode? Last(string member) => _documents.Select(document => document?[member]).LastOrDefault(value => value is not null);
}
