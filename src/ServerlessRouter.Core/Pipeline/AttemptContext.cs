using System.Diagnostics;
using System.Runtime.InteropServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Pipeline;

/// <summary>One call to one deployment, from the decision to make it to its settled end. Stages set their own properties; the end is told exactly once.</summary>
public sealed class AttemptContext(RequestContext request, LanguageModel model, DeploymentChoice choice)
{
    // Few have more than one.
    private IAttemptListener? _listener;
    private List<IAttemptListener>? _further;
    private int _ended;
    private ModelPrice? _billedBy;

    public RequestContext Request { get; } = request;

    public LanguageModel Model { get; } = model;

    public DeploymentChoice Choice { get; } = choice;

    /// <summary>What is asked of the vendor.</summary>
    public AttemptOperation Operation => Request.Operation;

    /// <summary>Why dispatch makes this attempt.</summary>
    public AttemptReason Reason { get; init; }

    /// <summary>What a side call is for; null for every other attempt.</summary>
    public string? Purpose { get; init; }

    /// <summary>Set by balancing; by dispatch when one deployment is asked again.</summary>
    public DeploymentModel? Deployment { get; set; }

    /// <summary>Provider: where the call goes; null before it is known. Its query may hold secrets.</summary>
    public Uri? Address { get; set; }

    /// <summary>Balancing: why this deployment and not another, for people.</summary>
    public string? DeploymentReason { get; set; }

    /// <summary>Balancing: how many other deployments of the model could still be tried for this request.</summary>
    public int OthersUntried { get; set; }

    /// <summary>Balancing, health: when a deployment that could not be called lets calls through, where that is worth a wait.</summary>
    public Opening? Opening { get; set; }

    /// <summary>Timestamps of the time provider; 0 is not yet.</summary>
    public long StartedAt { get; set; }

    /// <summary>Where it first had to wait on purpose, for room or until the deployment may be asked again: since when.</summary>
    public long WaitedFrom { get; set; }

    public long FirstTokenAt { get; private set; }

    public long EndedAt { get; private set; }

    /// <summary>A call was made, so it counts against the attempt limit and may cost.</summary>
    public bool WasSent { get; set; }

    /// <summary>Queueing: it is counted against the capacity of its deployment.</summary>
    public bool IsCountedIn { get; set; }

    /// <summary>Queueing: what it holds of its deployment's slots; null where there are none.</summary>
    public IAttemptSlot? Slot { get; set; }

    /// <summary>Dispatch: the time it has; null where no one measures it.</summary>
    public IAttemptClock? Clock { get; set; }

    /// <summary>Requests and tokens the vendor says remain; set by the provider from the answer's headers.</summary>
    public RemainingQuota? RemainingQuota { get; set; }

    /// <summary>The largest answer that is read whole, in bytes.</summary>
    public int MaxAnswerBytes => Math.Max(Request.Router.MaxAnswerBytes, Request.Request.Embeddings?.MaxAnswerBytes ?? 0);

    /// <summary>Where it is told what is changed in the request for this deployment; null where the caller does not ask.</summary>
    public RequestAdjustments? Adjustments => Request.WantsMetadata ? field ??= new RequestAdjustments() : null;

    /// <summary>Dispatch: the answer's JSON was repaired.</summary>
    public bool IsHealed { get; set; }

    /// <summary>Telemetry: its span; null where nothing listens.</summary>
    internal Activity? Span { get; set; }

    /// <summary>Settled usage; none for a call that cost nothing.</summary>
    public TokenUsage Usage { get; private set; }

    /// <summary>Which of the vendor's figures were not believed, for people; null when all were.</summary>
    public string? Doubt { get; set; }

    /// <summary>Settled cost in USD.</summary>
    public decimal CostUsd { get; private set; }

    /// <summary>What the call is billed by: the price of the service tier it was served in, else of the one asked for.</summary>
    public ModelPrice PriceOf(in TokenUsage usage) => _billedBy ?? (Model.Price.Tiers.Count == 0 ? Model.Price : Model.Price.For(usage.ServiceTier, Request.Request.ServiceTier));

    /// <summary>Null when the attempt answered.</summary>
    public AttemptFailure? Failure { get; private set; }

    /// <summary>Dispatch: what a cascade's checks said of the answer; null where none was made.</summary>
    public IReadOnlyList<CheckResult>? Checks { get; set; }

    /// <summary>A check rejected the answer. The call itself went well: health and bill know it as answered.</summary>
    public CheckResult? Rejection => Checks is [.., { Verdict.IsAccepted: false } last] ? last : null;

    /// <summary>Dispatch: another attempt has answered in its place, so it is cancelled without a fault of its own.</summary>
    public bool IsOutraced { get; set; }

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Who is told of the end; call before the end.</summary>
    public void AddListener(IAttemptListener listener)
    {
        if (_listener is null)
            _listener = listener;
        else
            (_further ??= []).Add(listener);
    }

    /// <summary>The first content arrived.</summary>
    public void MarkFirstToken(long timestamp)
    {
        if (FirstTokenAt == 0)
            FirstTokenAt = timestamp;
    }

    /// <summary>Settles the attempt and tells the listeners; later calls change nothing.</summary>
    public void End(long timestamp, AttemptFailure? failure, in TokenUsage usage, decimal costUsd)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        EndedAt = timestamp;
        // What the caller asked for is gone by the time the record is written.
        if (costUsd != 0 && Model.Price.Tiers.Count > 0)
            _billedBy = PriceOf(usage);
        Failure = failure;
        Usage = usage;
        CostUsd = costUsd;
        _listener?.OnEnded(this);
        foreach (var listener in CollectionsMarshal.AsSpan(_further))
            listener.OnEnded(this);
    }
}

/// <summary>Is told once when an attempt is settled: answered, failed, cut or abandoned by the caller.</summary>
public interface IAttemptListener
{
    /// <summary>Must not block or throw.</summary>
    void OnEnded(AttemptContext attempt);
}

/// <summary>Which of a vendor's operations a request asks for and its attempts call.</summary>
public enum AttemptOperation
{
    /// <summary>A chat completion.</summary>
    Chat,

    /// <summary>The vectors of texts.</summary>
    Embeddings,
}
