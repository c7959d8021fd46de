using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Background;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Probes;

/// <summary>
/// Tries deployments whose breaker could let a call through and to which no request comes, by one short call each, through the same stages as any other attempt: so what
/// comes of it counts for health, and of the instances over one store only the one with the lease calls. The bill goes to no key.
/// </summary>
/// <param name="runner">Makes the calls.</param>
/// <param name="health">Knows who waits to be tried.</param>
/// <param name="models">The configuration.</param>
/// <param name="books">Is told of every call that was made.</param>
/// <param name="lease">Asks the other instances for the probes that were refused here; null where there are none.</param>
/// <param name="time">The clock.</param>
internal sealed class IdleProbes(
    AttemptRunner runner, HealthRegistry health, RouterModelSource models, IRequestListener books, Func<CancellationToken, Task>? lease, TimeProvider time)
{
    /// <summary>The name of <see cref="Step"/>.</summary>
    public const string StepName = "probes";

    /// <summary>How long it must have been possible to try one without a request doing so.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(10);

    /// <summary>Calls in one turn; the others wait for the next.</summary>
    private const int MaxCalls = 8;

    // A rough figure will do: it counts only where a vendor reports no usage.
    private const int BytesPerToken = 4;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxTurnTime = TimeSpan.FromSeconds(150);

    private readonly Dictionary<string, long> _lastProbes = new(StringComparer.Ordinal);
    private long? _lastTurn;

    /// <summary>Looks as often as the configuration of the moment says.</summary>
    public PeriodicStep Step => field ??= new PeriodicStep(StepName, LookInterval, MaxTurnTime, cancellationToken => IsDue() ? RunAsync(cancellationToken) : ValueTask.CompletedTask);

    /// <summary>One turn, whenever the last was.</summary>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        _lastTurn = time.GetTimestamp();
        var router = models.Current;
        if (!router.Probes.IsOn)
            return;
        var refused = await ProbeAsync(router, FindIdle(router), cancellationToken).ConfigureAwait(false);
        if (refused.Count == 0 || lease is null)
            return;
        // Having been refused is what asks for the lease of a probe that instances share.
        await lease(cancellationToken).ConfigureAwait(false);
        await ProbeAsync(router, refused, cancellationToken).ConfigureAwait(false);
    }

    private bool IsDue() => models.Current.Probes is { IsOn: true } probes && (_lastTurn is not { } last || time.GetElapsedTime(last) >= probes.Interval);

    private List<(LanguageModel Model, DeploymentModel Deployment)> FindIdle(RouterModel router)
    {
        var now = time.GetTimestamp();
        var idle = new List<(LanguageModel, DeploymentModel)>();
        foreach (var model in router.Models)
        {
            foreach (var deployment in model.Deployments)
            {
                if (idle.Count < MaxCalls && health.Find(deployment).Breaker.HalfOpenForSeconds(now) >= IdleAfter.TotalSeconds && !WasProbedLately(deployment, router.Probes, now))
                    idle.Add((model, deployment));
            }
        }

        return idle;
    }

    /// <summary>A call that says nothing about health, such as one a vendor finds faulty, leaves the breaker as it is: it must not be repeated without end.</summary>
    private bool WasProbedLately(DeploymentModel deployment, ProbeModel probes, long now) =>
        _lastProbes.TryGetValue(deployment.Id, out var last) && time.GetElapsedTime(last, now) < probes.Interval;

    /// <summary>Calls each of them at once. Answers those that this instance may not call.</summary>
    private async ValueTask<List<(LanguageModel Model, DeploymentModel Deployment)>> ProbeAsync(
        RouterModel router, List<(LanguageModel Model, DeploymentModel Deployment)> idle, CancellationToken cancellationToken)
    {
        var calls = await Task.WhenAll(idle.Select(one => ProbeAsync(router, one.Model, one.Deployment, cancellationToken))).ConfigureAwait(false);
        foreach (var (_, deployment) in idle.Where((_, place) => calls[place]))
            _lastProbes[deployment.Id] = time.GetTimestamp();
        return [.. idle.Where((_, place) => !calls[place])];
    }

    /// <summary>One call. False when none was made.</summary>
    private async Task<bool> ProbeAsync(RouterModel router, LanguageModel model, DeploymentModel deployment, CancellationToken cancellationToken) =>
        (await CallAsync(router, (model, deployment), router.Probes.Timeout, books, cancellationToken).ConfigureAwait(false)).WasSent;

    /// <summary>One call, for which the deployment needs not be idle.</summary>
    /// <param name="router">The configuration.</param>
    /// <param name="target">What is called.</param>
    /// <param name="within">How long it may take.</param>
    /// <param name="told">Who is told of it when it was made; null for an owner's look, which is no traffic.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AttemptContext> CallAsync(
        RouterModel router, (LanguageModel Model, DeploymentModel Deployment) target, TimeSpan within, IRequestListener? told, CancellationToken cancellationToken)
    {
        var (model, deployment) = target;
        using var request = model.AnswersChat ? Scan(ProbeRequest.Of(model.Name)) : EmbeddingRequest.Write(ProbeRequest.Text, dimensions: null);
        var context = new RequestContext($"probe.{deployment.Id}", router, request, ProbeHeaders.None, time.GetTimestamp())
        {
            IsProbe = true,
            Profile = new RequestProfile { PromptTokens = request.Length / BytesPerToken, Needs = request.Needs },
        };
        var attempt = new AttemptContext(context, model, DeploymentChoice.SameAgain) { Deployment = deployment, Reason = AttemptReason.Probe, StartedAt = time.GetTimestamp() };
        context.Attempts.Add(attempt);
        if (await runner.RunAsync(attempt, new ProbeTerms(within), cancellationToken).ConfigureAwait(false) is ChatOutcome.Completed completed)
            completed.Answer.Dispose();
        if (!attempt.WasSent)
            return attempt;
        context.CostUsd = context.SpentUsd;
        if (attempt.Failure is { } failure)
            context.Error = new RouterError(failure.Traits.ClientCode, failure.Detail);
        told?.OnSettled(context);
        return attempt;
    }

    private static ChatRequest Scan(ReadOnlySpan<byte> body)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(pooled);
        if (ChatRequestScanner.TryScan(pooled, body.Length, out var request, out var error))
            return request;
        ArrayPool<byte>.Shared.Return(pooled);
        throw new InvalidOperationException($"the router asks with a body that is no chat request: {error.Message}");
    }

    private readonly record struct ProbeTerms(TimeSpan Within) : IAttemptTerms
    {
        public AttemptFailure TimedOut(AttemptContext attempt) => new(FailureKind.FirstTokenTimeout, $"It did not answer within {Within.TotalSeconds:0.###} s.");

        // No deployment failed.
        public AttemptFailure Cancelled(AttemptContext attempt) => new(FailureKind.ClientLeft, "The router stopped.");
    }
}

/// <summary>A probe comes from no caller, so it has no headers.</summary>
internal sealed class ProbeHeaders : IRequestHeaders
{
    public static ProbeHeaders None { get; } = new();

    public string? Get(string name) => null;
}

/// <summary>The cheapest question there is.</summary>
internal static class ProbeRequest
{
    /// <summary>As few as every vendor accepts.</summary>
    private const int MaxAnswerTokens = 16;

    /// <summary>What a model of embeddings is asked for the vector of.</summary>
    public static ReadOnlySpan<byte> Text => "ok"u8;

    /// <summary>A chat request in OpenAI's schema.</summary>
    public static byte[] Of(string model)
    {
        var output = new ArrayBufferWriter<byte>(128);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("model", model);
        writer.WriteNumber("max_tokens", MaxAnswerTokens);
        writer.WriteStartArray("messages");
        writer.WriteStartObject();
        writer.WriteString("role", "user");
        writer.WriteString("content", "Say ok.");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
