using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Chat;
using ServerlessRouter.Checks;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>Dispatch over scripted upstreams: each call takes the next reply of its model.</summary>
internal sealed class DispatchWorld
{
    private HedgeController? _hedging;
    private readonly Dictionary<string, Queue<Func<AttemptContext, CancellationToken, ValueTask<AttemptResult>>>> _replies = [];

    public ManualTimeProvider Time { get; init; } = new();

    /// <summary>Side calls to the scripted upstreams.</summary>
    public SideCalls SideCalls => new(new SideAttempts(new AttemptRunner(CallAsync, Time), null!, Time));

    /// <summary>What the caller's cancellation is.</summary>
    public CancellationTokenSource Caller { get; } = new();

    /// <summary>Streams handed out, in order.</summary>
    public List<ScriptedStream> Streams { get; } = [];

    public List<(string Model, DeploymentChoice Choice, TimeSpan At)> Calls { get; } = [];

    /// <summary>What is known of the deployments' speed.</summary>
    public KnownVitals Vitals { get; } = new();

    /// <summary>Who keeps second requests to their share; one for all requests of the world.</summary>
    public HedgeController Hedging => _hedging ??= new HedgeController(Vitals);

    /// <summary>How many other deployments balancing reports.</summary>
    public Dictionary<string, int> OthersUntried { get; } = [];

    public DispatchWorld Fails(string model, FailureKind kind, TimeSpan? retryAfter = null, UpstreamRefusal? refusal = null) =>
        Replies(model, (_, _) => new(new AttemptFailure(kind, $"{kind} of {model}") { RetryAfter = retryAfter, Refusal = refusal }));

    public DispatchWorld Answers(string model, string text, TokenUsage? usage = null) => Replies(model, (_, _) =>
    {
        var pooled = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(text));
        var length = Encoding.UTF8.GetBytes(text, pooled);
        return new(new ChatAnswer(pooled, length) { Usage = usage, ContentBytes = length, FinishReason = "stop" });
    });

    public DispatchWorld Streaming(string model, params StreamMove[] moves) => Replies(model, (_, _) =>
    {
        var stream = new ScriptedStream(Time, moves);
        Streams.Add(stream);
        return new(stream);
    });

    public DispatchWorld Streaming(string model, StreamMove first, StreamMove[] further) => Streaming(model, [first, .. further]);

    public DispatchWorld Hangs(string model) => Replies(model, async (_, cancellationToken) =>
    {
        await Time.DelayAsync(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException("a hung call only ends by its token");
    });

    public DispatchWorld Replies(string model, Func<AttemptContext, CancellationToken, ValueTask<AttemptResult>> reply)
    {
        if (!_replies.TryGetValue(model, out var queue))
            _replies[model] = queue = [];
        queue.Enqueue(reply);
        return this;
    }

    /// <summary>An answer in the way the theory asks for.</summary>
    public DispatchWorld Answers(string model, bool isStream, string text) =>
        isStream ? Streaming(model, new StreamMove.Opening(), new StreamMove.Content(text)) : Answers(model, text);

    public ValueTask<ChatOutcome> RunAsync(RequestContext request, double luck = 0.5) =>
        StageOver(CallAsync, new AnswerCheckTable(AnswerChecks.All(SideCalls)), Hedging, Time, new FixedRandomSource(luck)).InvokeAsync(request, null!, Caller.Token);

    /// <summary>The stage of live requests over the given attempts.</summary>
    public static DispatchStage StageOver(NextAttemptStage attempts, AnswerCheckTable checks, HedgeController hedging, TimeProvider time, IRandomSource random) =>
        new(new DispatchSteps(new AttemptRunner(attempts, time), new AnswerHealing(new AnswerHealer()), hedging, time, random, NullLogger<DispatchStage>.Instance), checks, hedging, time);

    /// <summary>Runs to the end while time jumps from timer to timer.</summary>
    public Task<ChatOutcome> RunThroughAsync(RequestContext request, double luck = 0.5) => Time.RunThroughAsync(() => RunAsync(request, luck).AsTask(), "the end of the request");

    public RequestContext Request(bool isStream, params LanguageModel[] models) => Given.Request(Time, models, isStream);

    /// <summary>Reads an outcome to its end: the text the caller gets.</summary>
    public static async Task<string> TextAsync(ChatOutcome outcome, CancellationToken cancellationToken = default)
    {
        switch (outcome)
        {
            case ChatOutcome.Completed completed:
                using (completed.Answer)
                    return Encoding.UTF8.GetString(completed.Answer.Body.Span);
            case ChatOutcome.Streaming streaming:
                await using (streaming.Stream)
                {
                    var text = new StringBuilder();
                    while (await streaming.Stream.ReadAsync(cancellationToken))
                        text.Append(Encoding.UTF8.GetString(streaming.Stream.Batch.Span));
                    return text.Replace(ScriptedStream.OpeningText, "").ToString();
                }

            default:
                throw new InvalidOperationException($"expected an answer, got {outcome}");
        }
    }

    public ValueTask<AttemptResult> CallAsync(AttemptContext attempt, CancellationToken cancellationToken)
    {
        attempt.Deployment ??= attempt.Model.Deployments[Math.Min(attempt.Model.Deployments.Length - 1, Calls.Count(call => call.Model == attempt.Model.Name))];
        attempt.OthersUntried = OthersUntried.GetValueOrDefault(attempt.Model.Name);
        attempt.WasSent = true;
        Calls.Add((attempt.Model.Name, attempt.Choice, Time.GetElapsedTime(attempt.Request.ReceivedAt)));
        return _replies.TryGetValue(attempt.Model.Name, out var replies) && replies.TryDequeue(out var reply)
            ? reply(attempt, cancellationToken)
            : throw new InvalidOperationException($"no reply is left for {attempt.Model.Name}");
    }
}
