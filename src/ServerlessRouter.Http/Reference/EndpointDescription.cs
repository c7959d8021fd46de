using System.Collections.Immutable;

namespace ServerlessRouter.Http.Reference;

/// <summary>What people and generators of clients are told of an endpoint, beside its path and methods; shapes and parameters are names of <c>openapi.json</c>.</summary>
/// <param name="Tag">The group it stands in.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Answer">The shape of what it answers with <see cref="Status"/>.</param>
internal sealed record EndpointDescription(string Tag, string Summary, string Answer)
{
    /// <summary>The status of its answer.</summary>
    public string Status { get; init; } = "200";

    /// <summary>The shape of the body it takes; null for none.</summary>
    public string? Body { get; init; }

    /// <summary>The shape of the data of each server-sent event, where it can stream.</summary>
    public string? Event { get; init; }

    /// <summary>The shape of every other answer.</summary>
    public string Failure { get; init; } = "Error";

    /// <summary>The shape of what it answers with 202, which has not ended: what <c>Prefer: respond-async</c> starts, or what is still to be cancelled. Null where it does not.</summary>
    public string? Later { get; init; }

    /// <summary>Headers, and parameters of the query.</summary>
    public ImmutableArray<string> Parameters { get; init; } = [];

    /// <summary>The ways to say who asks, each enough alone; none where no key is looked at.</summary>
    public ImmutableArray<string> Keys { get; init; } = ["bearer", "xApiKey", "apiKey"];
}
