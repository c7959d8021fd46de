namespace ServerlessRouter.Testing.Upstreams;

/// <summary>What a <see cref="FakeUpstream"/> knows of its own: requests, answers, money, aborts. Every list is a copy.</summary>
public sealed class UpstreamBooks
{
    private readonly Lock _lock = new();
    private readonly List<UpstreamRequest> _requests = [];
    private readonly List<UpstreamAnswer> _answers = [];
    private readonly Tally _received = new("a request received");
    private readonly Tally _answered = new("an answer ended");
    private readonly Tally _aborted = new("an exchange abandoned by the client");
    private int _forgottenRequests;
    private int _forgottenAnswers;
    private int _inFlight;
    private int _unanswered;
    private int _maxUnanswered;
    private TaskCompletionSource? _idle;

    /// <summary>In order of arrival.</summary>
    public IReadOnlyList<UpstreamRequest> Requests => Read(() => _requests.ToArray());

    /// <summary>In the order in which they ended.</summary>
    public IReadOnlyList<UpstreamAnswer> Answers => Read(() => _answers.ToArray());

    /// <summary>What the vendor would bill for all that ended.</summary>
    public decimal CostUsd => Read(() => _answers.Sum(answer => answer.CostUsd));

    /// <summary>How often the client went away before the end of an answer, or of its own request.</summary>
    public int Aborts => _aborted.Count;

    public int InFlight => Read(() => _inFlight);

    /// <summary>The most calls at once. A call counts no longer when its last bytes go out, although it is in flight a little longer: a client may act on them first.</summary>
    public int MaxAtOnce => Read(() => _maxUnanswered);

    /// <summary>Forgets every request and answer, so that books kept for long do not pass for a leak; numbers and waits begin anew, but for those of aborts.</summary>
    public void Forget() => Write(() =>
    {
        _forgottenRequests += _requests.Count;
        _forgottenAnswers += _answers.Count;
        _requests.Clear();
        _answers.Clear();
    });

    internal async Task<UpstreamRequest> WaitForRequestAsync(int number)
    {
        await _received.WaitForAsync(Read(() => _forgottenRequests) + number);
        return Read(() => _requests[number - 1]);
    }

    internal async Task<UpstreamAnswer> WaitForAnswerAsync(int count)
    {
        await _answered.WaitForAsync(Read(() => _forgottenAnswers) + count);
        return Read(() => _answers[count - 1]);
    }

    internal Task WaitUntilIdleAsync()
    {
        lock (_lock)
        {
            if (_inFlight == 0)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return Patience.WaitAsync(_idle.Task, () => $"every answer to end; {InFlight} were on their way");
        }
    }

    internal Task WaitForAbortAsync(int count) => _aborted.WaitForAsync(count);

    internal UpstreamCall Enter()
    {
        Write(() =>
        {
            _inFlight++;
            _maxUnanswered = Math.Max(_maxUnanswered, ++_unanswered);
        });
        return new UpstreamCall();
    }

    /// <summary>The last bytes of the answer go out now, or never will.</summary>
    internal void EndAnswer(UpstreamCall call) => Write(() =>
    {
        if (call.IsAnswered)
            return;
        call.IsAnswered = true;
        _unanswered--;
    });

    internal UpstreamRequest Receive(Func<int, UpstreamRequest> numbered)
    {
        UpstreamRequest request;
        lock (_lock)
        {
            request = numbered(_requests.Count + 1);
            _requests.Add(request);
        }
        _received.Add();
        return request;
    }

    /// <summary>The client left before its request was whole.</summary>
    internal void CountAbortedUpload() => _aborted.Add();

    internal void Leave(UpstreamCall call, UpstreamAnswer? answer)
    {
        EndAnswer(call);
        Write(() =>
        {
            if (answer is not null)
                _answers.Add(answer);
            if (--_inFlight > 0)
                return;
            _idle?.SetResult();
            _idle = null;
        });
        if (answer?.End is AnswerEnd.ClientGone)
            _aborted.Add();
        if (answer is not null)
            _answered.Add();
    }

    private T Read<T>(Func<T> read)
    {
        lock (_lock)
            return read();
    }

    private void Write(Action write)
    {
        lock (_lock)
            write();
    }
}
