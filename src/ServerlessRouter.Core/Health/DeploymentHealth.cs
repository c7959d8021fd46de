using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Health;

/// <summary>What one deployment's calls have taught: its breaker, calls in flight, latency, speed and capacity left. Vitals are read without a lock.</summary>
internal sealed class DeploymentHealth : IAttemptListener
{
    // A plain answer shows only its whole time; this share of it stands for the time to first token, so that both figures together still add up to the whole.
    private const double FirstTokenShareOfPlain = 0.2;
    private const double SpeedShare = 0.2;
    private const int MinTokensForSpeed = 8;
    private const double MaxHalvings = 6;
    private static readonly TimeSpan PeakDecay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly SideCallPatience _sideCalls;
    private readonly HealthOptions _options;
    private readonly TimeProvider _time;
    private readonly IHealthEvents _events;
    private readonly SlidingWindow _window;
    private readonly PeakAverage _firstToken;
    private readonly PeakAverage _latency;
    private readonly PercentileWindow _firstTokens;
    private readonly PercentileWindow _speeds;
    private readonly CapacityGauge _requests;
    private readonly CapacityGauge _tokens;
    private int _inFlight;
    private int _failuresInRow;
    private double _failureShare;
    private double _tokensPerSecond;
    private long _measuredAt;
    private string? _prober;

    public DeploymentHealth(string id, HealthOptions options, TimeProvider time, IHealthEvents events)
    {
        Id = id;
        _options = options;
        _time = time;
        _events = events;
        _window = new SlidingWindow(Units(options.Window));
        _firstToken = new PeakAverage(Units(PeakDecay));
        _latency = new PeakAverage(Units(PeakDecay));
        _firstTokens = PercentileWindow.OfSeconds(time);
        _speeds = PercentileWindow.OfSpeed(time);
        _requests = new CapacityGauge(time);
        _tokens = new CapacityGauge(time);
        Breaker = new Breaker(options, time);
        _sideCalls = new SideCallPatience(options, time);
    }

    public string Id { get; }

    public Breaker Breaker { get; }

    /// <summary>What is known now.</summary>
    public DeploymentVitals Vitals(DeploymentModel deployment)
    {
        var now = _time.GetTimestamp();
        var age = AgeAt(now);
        return new DeploymentVitals
        {
            IsCallable = Breaker.IsCallable(now),
            InFlight = Volatile.Read(ref _inFlight),
            FirstTokenSeconds = _firstToken.At(now) * age,
            TokensPerSecond = age > 0 ? Volatile.Read(ref _tokensPerSecond) / age : 0,
            FailureShare = Volatile.Read(ref _failureShare),
            Headroom = Math.Min(Math.Min(_requests.Left(deployment.RequestsPerMinute, now), _tokens.Left(deployment.TokensPerMinute, now)), SlotsLeft(deployment)),
            OpenForSeconds = Breaker.OpenForSeconds(now),
            Opening = Breaker.IsClosed ? default : Breaker.Opening,
        };
    }

    /// <summary>What is known now, for people.</summary>
    public DeploymentReport Report(DeploymentModel deployment)
    {
        var (vitals, now) = (Vitals(deployment), _time.GetTimestamp());
        var isOpen = !Breaker.IsClosed && !Breaker.IsOver(now);
        return DeploymentReport.Of(vitals) with
        {
            State = !isOpen ? BreakerState.Closed : Breaker.OpenForSeconds(now) > 0 ? BreakerState.Open : BreakerState.HalfOpen,
            Cause = isOpen ? CauseOf(Breaker.Cause) : null,
            Latency = _latency.At(now) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
            SuccessRate = _window.Calls == 0 ? null : 1 - vitals.FailureShare,
            Requests = _requests.Remaining(deployment.RequestsPerMinute, now),
            Tokens = _tokens.Remaining(deployment.TokensPerMinute, now),
            ProbedBy = isOpen ? Volatile.Read(ref _prober) : null,
        };
    }

    /// <summary>Whether a call would be let through. While nothing is wrong that needs no clock.</summary>
    public bool IsCallable() => Breaker.IsClosed || Breaker.IsCallable(_time.GetTimestamp());

    /// <summary>How fast it was lately, call by call.</summary>
    public DeploymentPercentiles Percentiles()
    {
        var now = _time.GetTimestamp();
        return new DeploymentPercentiles(_firstTokens.At(now), _speeds.At(now));
    }

    /// <summary>Counts the attempt in, and hears of its end; false when the breaker does not let it through.</summary>
    public bool TryEnter(AttemptContext attempt)
    {
        if (!_sideCalls.TryEnter(attempt))
            return false;
        if (!Breaker.IsClosed && !Breaker.TryEnter(attempt, _time.GetTimestamp()))
        {
            _sideCalls.Leave(attempt);
            return false;
        }

        Interlocked.Increment(ref _inFlight);
        attempt.AddListener(this);
        if (!attempt.IsCountedIn)
            Count(attempt.Deployment!, attempt.Request.Profile?.PromptTokens ?? 0, onlyWhereItFits: false);
        return true;
    }

    /// <summary>Counts a call in where it fits, by what is configured and by what the vendor said.</summary>
    public bool TryTake(DeploymentModel deployment, int promptTokens) => Count(deployment, promptTokens, onlyWhereItFits: true);

    /// <summary>How long until a call fits; zero where it does now.</summary>
    public TimeSpan RoomIn(DeploymentModel deployment, int promptTokens)
    {
        var now = _time.GetTimestamp();
        var (requests, tokens) = (_requests.RoomIn(1, deployment.RequestsPerMinute, now), _tokens.RoomIn(promptTokens, deployment.TokensPerMinute, now));
        return requests > tokens ? requests : tokens;
    }

    /// <inheritdoc/>
    public void OnEnded(AttemptContext attempt)
    {
        Interlocked.Decrement(ref _inFlight);
        var mayClose = Breaker.Leave(attempt);
        var now = attempt.EndedAt;
        lock (_lock)
        {
            Learn(attempt, now);
            _sideCalls.Learn(attempt, now);
            if (attempt.Failure is not { } failure)
                Succeeded(mayClose, now);
            else
                Failed(attempt, failure, mayClose, now);
            _window.Roll(now);
            Volatile.Write(ref _failureShare, _window.Calls == 0 ? 0 : (double)_window.Failures / _window.Calls);
        }
    }

    /// <summary>
    /// Takes over what the instances share about this deployment: an opening, or none. <paramref name="hasNews"/> is asked under the lock that own transitions are made
    /// under: what this instance has learnt since goes before.
    /// </summary>
    public void Follow(SharedOpening? shared, DateTimeOffset utcNow, Func<string, bool> hasNews)
    {
        lock (_lock)
        {
            if (hasNews(Id))
                return;
            var now = _time.GetTimestamp();
            Volatile.Write(ref _prober, shared?.Prober);
            if (shared is not null)
            {
                var until = now + (long)((shared.OpenUntil - utcNow).TotalSeconds * _time.TimestampFrequency);
                Breaker.Follow(now, until, shared.Cause, shared.Openings, shared.IsProbeOurs);
                return;
            }

            if (!Breaker.IsShared)
                return;
            _failuresInRow = 0;
            _window.Clear();
            Breaker.Close(now);
        }
    }

    private bool Count(DeploymentModel deployment, int promptTokens, bool onlyWhereItFits)
    {
        if (deployment.RequestsPerMinute is null && deployment.TokensPerMinute is null && !_requests.IsShort && !_tokens.IsShort)
            return true;
        lock (_lock)
        {
            if (onlyWhereItFits && RoomIn(deployment, promptTokens) > TimeSpan.Zero)
                return false;
            var now = _time.GetTimestamp();
            if (deployment.RequestsPerMinute is { } requests)
                _requests.Use(1, requests, now);
            if (deployment.TokensPerMinute is { } tokens)
                _tokens.Use(promptTokens, tokens, now);
            _requests.UseTold(1, now);
            _tokens.UseTold(promptTokens, now);
            return true;
        }
    }

    private double SlotsLeft(DeploymentModel deployment) => deployment.ConcurrentRequests is { } most ? Math.Max(0, 1 - ((double)Volatile.Read(ref _inFlight) / most)) : 1;

    private void Succeeded(bool mayClose, long now)
    {
        _failuresInRow = 0;
        _window.Add(now, isFailure: false);
        if (!mayClose || Breaker.IsClosed)
            return;
        // The end of a rate limit says nothing about what failed before it.
        if (!Breaker.IsRateLimit)
            _window.Clear();
        Breaker.Close(now);
        _events.OnClosed(Id);
    }

    private void Failed(AttemptContext attempt, AttemptFailure failure, bool wasProbe, long now)
    {
        // Last resorts are let through while it is open: if they kept it open, traffic alone would. The vendor's own word still does where there was none before: one who comes before
        // its moment is told a later one, and must not make all others wait for it.
        var maySetTime = attempt.Choice != DeploymentChoice.LeastBad || Breaker.IsClosed || Breaker.IsOver(now);
        switch (failure.Traits.Breaker)
        {
            case BreakerRule.Ignores:
                break;

            // No reason to open, but as a probe it found nothing better: the next one is not due at once.
            case BreakerRule.CountsForSideCalls:
                if (wasProbe && maySetTime)
                    Open(BreakerCause.Outage, null, attempt, now);
                break;

            case BreakerRule.Counts:
                _failuresInRow++;
                _window.Add(now, isFailure: true);
                if (maySetTime && IsOutage(attempt, now))
                    Open(BreakerCause.Outage, null, attempt, now);
                break;

            case BreakerRule.OpensForRetryAfter:
                if (maySetTime || (failure.RetryAfter > TimeSpan.Zero && !Breaker.IsToldByVendor))
                    Open(BreakerCause.Burst, failure.RetryAfter, attempt, now);
                break;

            case BreakerRule.OpensLong:
                if (maySetTime)
                    Open(failure.Kind == FailureKind.QuotaExhausted ? BreakerCause.Quota : BreakerCause.Refused, failure.RetryAfter, attempt, now);
                break;
        }
    }

    // While it is not closed, only a call that began after it opened says anything: a failed probe opens it again.
    private bool IsOutage(AttemptContext attempt, long now) => Breaker.IsClosed || Breaker.IsOver(now)
        ? _failuresInRow >= _options.FailuresInRow || (_window.Calls >= _options.MinimumSample && _window.Failures >= _options.FailureShare * _window.Calls)
        : Breaker.HasOpenedBefore(attempt.StartedAt);

    private void Open(BreakerCause cause, TimeSpan? retryAfter, AttemptContext attempt, long now)
    {
        var length = Breaker.Open(cause, retryAfter, attempt, now);
        _events.OnOpened(Id, cause, length);
    }

    private void Learn(AttemptContext attempt, long now)
    {
        var deployment = attempt.Deployment!;
        if (attempt.RemainingQuota is { } told)
        {
            if (told.Requests is { } requests)
                _requests.Tell(requests, told.RequestsReset, deployment.RequestsPerMinute, now);
            if (told.Tokens is { } tokens)
                _tokens.Tell(tokens, told.TokensReset, deployment.TokensPerMinute, now);
        }

        if (deployment.TokensPerMinute is { } perMinute)
            _tokens.Use(Math.Max(0, attempt.Usage.TotalTokens - (attempt.Request.Profile?.PromptTokens ?? 0)), perMinute, now);
        if (attempt.Failure is { } failure && attempt.FirstTokenAt == 0)
        {
            // Leaving out those that never came would make a slow deployment look fast.
            if (failure.Kind == FailureKind.FirstTokenTimeout || (failure.Kind == FailureKind.Outraced && attempt.Reason != AttemptReason.Hedge))
                _firstTokens.Record(_time.GetElapsedTime(attempt.StartedAt, now).TotalSeconds, now);
            return;
        }

        var firstToken = attempt.FirstTokenAt != 0
            ? _time.GetElapsedTime(attempt.StartedAt, attempt.FirstTokenAt).TotalSeconds
            : _time.GetElapsedTime(attempt.StartedAt, now).TotalSeconds * FirstTokenShareOfPlain;
        var staleness = 1 - AgeAt(now);
        _firstToken.Add(firstToken, now, staleness);
        Volatile.Write(ref _measuredAt, now);
        _firstTokens.Record(firstToken, now);
        if (attempt.Failure is null)
            _latency.Add(_time.GetElapsedTime(attempt.StartedAt, now).TotalSeconds, now, staleness);
        LearnSpeed(attempt, _time.GetElapsedTime(attempt.StartedAt, now).TotalSeconds - firstToken, staleness);
    }

    private void LearnSpeed(AttemptContext attempt, double seconds, double staleness)
    {
        if (attempt.Failure is not null || attempt.Usage.CompletionTokens < MinTokensForSpeed || seconds <= 0)
            return;
        var speed = attempt.Usage.CompletionTokens / seconds;
        _speeds.Record(speed, attempt.EndedAt);
        var known = _tokensPerSecond;
        Volatile.Write(ref _tokensPerSecond, known == 0 ? speed : known + (Math.Max(SpeedShare, staleness) * (speed - known)));
    }

    /// <summary>What is left of measured times: half after each <see cref="HalfLife"/> without a call, and in the end nothing. Else one slow answer would keep a deployment from being tried for ever.</summary>
    private double AgeAt(long now)
    {
        var idle = _time.GetElapsedTime(Volatile.Read(ref _measuredAt), now);
        if (idle < Fresh)
            return 1;
        var halvings = idle / HalfLife;
        return halvings < MaxHalvings ? double.Exp2(-halvings) : 0;
    }

    private static string CauseOf(BreakerCause cause) => cause switch
    {
        BreakerCause.Outage => "outage",
        BreakerCause.Burst => "rate_limit",
        BreakerCause.Quota => "quota",
        BreakerCause.Refused => "refused",
    };

    private long Units(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
