using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Caching;

/// <summary>A whole answer as the vendor gave it, in the schema of chat completions or embeddings, to be given again. Immutable, and used by many requests at once.</summary>
internal sealed record CachedAnswer
{
    /// <summary>What it takes beside its bytes.</summary>
    private const int OverheadBytes = 400;

    private const int BytesPerMark = 12;

    /// <summary>It came as a stream: <see cref="Body"/> is its events.</summary>
    public required bool IsStream { get; init; }

    /// <summary>The answer, or the events of its stream; until <see cref="Owned"/> it may be the buffer of the request that was answered.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Where <see cref="Body"/> tells the answer's id and when it was made.</summary>
    public required AnswerMark[] Marks { get; init; }

    /// <summary>Of a stream the payload that tells its usage, without choices; empty for one that told none.</summary>
    public ReadOnlyMemory<byte> UsageChunk { get; init; }

    /// <summary>A plain answer tells its usage.</summary>
    public bool HasUsage { get; init; }

    public required string Model { get; init; }

    /// <summary>As it was settled.</summary>
    public required TokenUsage Usage { get; init; }

    public string? FinishReason { get; init; }

    public long ContentBytes { get; init; }

    /// <summary>What the call that answered cost, in USD.</summary>
    public decimal CostUsd { get; init; }

    public required DateTimeOffset StoredAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The same with bytes of its own, for those who use it when the request is over.</summary>
    public CachedAnswer Owned() => this with { Body = Body.ToArray(), UsageChunk = UsageChunk.ToArray() };

    /// <summary>Bytes it takes in memory.</summary>
    public int Size => OverheadBytes + Body.Length + UsageChunk.Length + (BytesPerMark * Marks.Length) + (sizeof(char) * Model.Length);

    /// <summary>Another instance's clock may be ahead.</summary>
    public TimeSpan AgeAt(DateTimeOffset now) => now > StoredAt ? now - StoredAt : TimeSpan.Zero;

    /// <summary>What a request that gets it is told of it.</summary>
    public ReplayedAnswer Describe(DateTimeOffset now) => new(Model, Usage, CostUsd, AgeAt(now));
}

/// <summary>A place in an answer that is told anew each time it is given.</summary>
/// <param name="Value">The value that is replaced.</param>
/// <param name="IsId">It is the id; else the time it was made.</param>
internal readonly record struct AnswerMark(JsonRange Value, bool IsId);
