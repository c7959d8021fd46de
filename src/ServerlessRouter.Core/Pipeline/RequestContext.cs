using System.Diagnostics;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Pipeline;

/// <summary>Everything about one request. Each stage sets its own part and reads what earlier stages set.</summary>
public sealed class RequestContext(string requestId, RouterModel router, ChatRequest request, IRequestHeaders headers, long receivedAt)
{
    private List<AttemptContext>? _sideCalls;
    private bool? _wantsMetadata;
    private string? _conversation;
    private CallerModel? _caller;

    /// <summary>Name of the request in headers, logs and records.</summary>
    public string RequestId { get; } = requestId;

    /// <summary>The configuration this request runs on to its end.</summary>
    public RouterModel Router { get; } = router;

    public ChatRequest Request { get; } = request;

    /// <summary>What is asked of a vendor.</summary>
    public AttemptOperation Operation => Request.Embeddings is null ? AttemptOperation.Chat : AttemptOperation.Embeddings;

    public IRequestHeaders Headers { get; } = headers;

    /// <summary>Timestamp of the time provider at arrival.</summary>
    public long ReceivedAt { get; } = receivedAt;

    /// <summary>Address of the caller, for stickiness when nothing better is known.</summary>
    public string? ClientAddress { get; init; }

    /// <summary>The key was looked at before the body was read: <see cref="Caller"/> says whose it is.</summary>
    public bool IsIdentified { get; init; }

    /// <summary>Who called, where the request comes from a job and carries no key; admission takes its word.</summary>
    public RecalledCaller? Recalled { get; init; }

    /// <summary>Where a request goes on that is answered in several steps; null for one that is answered at once.</summary>
    public ResumePoint? ResumePoint { get; init; }

    /// <summary>Where the attempts of the round under way begin in <see cref="Attempts"/>; rounds before it were given up and count for the bill alone.</summary>
    public int RoundAt => ResumePoint?.RoundAt ?? 0;

    /// <summary>No caller's request: the router tries a deployment that failed.</summary>
    public bool IsProbe { get; init; }

    /// <summary>Admission: whose key was shown; null for callers without a key. <see cref="CallerName"/> and <see cref="Tier"/> are set with it.</summary>
    public CallerModel? Caller
    {
        get => _caller;
        set
        {
            _caller = value;
            CallerName = value?.Name;
            Tier = value?.Tier ?? Router.AnonymousTier;
        }
    }

    /// <summary>Admission: who is calling; null name for callers without a key.</summary>
    public string? CallerName { get; set; }

    /// <summary>Admission.</summary>
    public TierModel Tier { get; set; } = router.AnonymousTier;

    /// <summary>Governance: the limits the request is under; null where there are none.</summary>
    public IRequestLimits? Limits { get; set; }

    /// <summary>Governance: one of the limits is used up, so nothing is asked, and paid for, beside the request itself.</summary>
    public bool IsLimitUsedUp { get; set; }

    /// <summary>Admission: what <c>model</c> stands for.</summary>
    public RouteModel Route { get; set; } = null!;

    /// <summary>Admission: the order a suffix of <c>model</c> asks for.</summary>
    public CandidateSort? Sort { get; set; }

    /// <summary>What an earlier look at the request found, in place of a look at its text; null for a request that has one.</summary>
    public RequestProfile? KnownProfile { get; init; }

    /// <summary>Classification.</summary>
    public RequestProfile Profile { get; set; } = null!;

    /// <summary>Routing.</summary>
    public RoutePlan Plan { get; set; } = null!;

    /// <summary>Dispatch: every attempt in order, also those that never left.</summary>
    public List<AttemptContext> Attempts { get; } = new(2);

    /// <summary>Questions asked about this request to small models (<see cref="ISideCalls"/>); their cost is part of the request's.</summary>
    public List<AttemptContext> SideCalls => _sideCalls ??= new(1);

    /// <summary>Whether anything was asked; looking at <see cref="SideCalls"/> makes the list.</summary>
    public bool HasSideCalls => _sideCalls is not null;

    /// <summary>What attempts and side calls have cost so far, in USD.</summary>
    public decimal SpentUsd => Sums.Usd(Sum(Attempts), Sum(_sideCalls));

    /// <summary>The conversation it is a turn of, as far as that can be told; null where it cannot.</summary>
    internal string? Conversation => (_conversation ??= Pipeline.Conversation.NameOf(this) ?? "") is { Length: > 0 } name ? name : null;

    /// <summary>No model may be called: the decision alone is wanted.</summary>
    public bool IsOnlyPlanned { get; set; }

    /// <summary>The caller's headers ask for the decision with its reasons in the answer.</summary>
    public bool WantsMetadata => _wantsMetadata ??= MetadataHeader.IsEnabled(Headers);

    /// <summary>The decision is read with its reasons, whatever the caller's headers say.</summary>
    public bool IsExplained { get; set; }

    /// <summary>The decision is told with its reasons, which cost more than deciding.</summary>
    public bool WantsExplanation => IsExplained || WantsMetadata;

    /// <summary>Dispatch: the attempt whose answer the caller gets.</summary>
    public AttemptContext? Answered { get; set; }

    /// <summary>Caching: what the cache of answers did; null where it plays no part.</summary>
    public CacheOutcome? Cache { get; set; }

    /// <summary>Caching: the answer is kept for later requests, so it must be a chat completion.</summary>
    public bool IsAnswerKept { get; set; }

    /// <summary>Name of the model whose answer the caller gets, whether it was asked now or earlier; null while there is none.</summary>
    public string? AnsweringModel => Answered?.Model.Name ?? Cache?.Answer?.Model;

    /// <summary>Dispatch: how a cascade came to its answer; null without one.</summary>
    public CascadeEnding? CascadeEnding { get; set; }

    /// <summary>Timestamp when the first attempt was sent: the router's own time ends here.</summary>
    public long DispatchedAt { get; set; }

    /// <summary>Telemetry: its span; null where nothing listens.</summary>
    internal Activity? Span { get; set; }

    /// <summary>Recording: timestamp of the settled end; 0 before it.</summary>
    public long SettledAt { get; set; }

    /// <summary>Recording: the settled cost of all attempts and side calls, in USD.</summary>
    public decimal CostUsd { get; set; }

    /// <summary>The error the request ended with, before or after its commit point.</summary>
    public RouterError? Error { get; set; }

    /// <summary>Whether the caller may ask for a route or model by this name.</summary>
    public bool Allows(string target) => Caller?.Allows(target) ?? Tier.Allows(target);

    private static decimal Sum(List<AttemptContext>? attempts)
    {
        if (attempts is null)
            return 0;
        var sum = 0m;
        foreach (var attempt in attempts)
            sum = Sums.Usd(sum, attempt.CostUsd);
        return sum;
    }
}

/// <summary>A caller who showed its key earlier, when it left the request to be answered later.</summary>
/// <param name="Name">The key's name; null for a caller without a key.</param>
public sealed record RecalledCaller(string? Name);

/// <summary>The header by which callers get <c>router_metadata</c> with their answer.</summary>
internal static class MetadataHeader
{
    public const string Name = "x-router-metadata";
    private const string Enabled = "enabled";

    public static bool IsEnabled(IRequestHeaders headers) => string.Equals(headers.Get(Name), Enabled, StringComparison.OrdinalIgnoreCase);
}
