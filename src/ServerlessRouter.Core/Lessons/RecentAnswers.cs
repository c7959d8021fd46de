using ServerlessRouter.Domain;

namespace ServerlessRouter.Lessons;

/// <summary>
/// The last answers, in a ring of fixed size: the newest takes the place of the oldest. Answers whose names hash alike are chained by their running numbers, newest first, so
/// that nothing need be done for the oldest: a number that is out of the ring ends its chain.
/// </summary>
internal sealed class RecentAnswers
{
    /// <summary>Answers remembered.</summary>
    public const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly Entry[] _ring = new Entry[Capacity];

    /// <summary>The number of the newest answer by the hash of its name; 0 before the first.</summary>
    private readonly long[] _newest = new long[Capacity];
    private long _count;

    private struct Entry
    {
        public RecentAnswer Answer;

        /// <summary>The number of the next answer whose name hashes alike.</summary>
        public long Older;
    }

    public void Add(in RecentAnswer answer)
    {
        var bucket = BucketOf(answer.RequestId);
        lock (_lock)
        {
            var number = ++_count;
            EntryOf(number) = new Entry { Answer = answer, Older = _newest[bucket] };
            _newest[bucket] = number;
        }
    }

    /// <summary>Finds the answer to a request of this caller and marks it as graded; the one found is as it was before.</summary>
    public RecentAnswer? Grade(string requestId, string? caller)
    {
        lock (_lock)
        {
            var number = _newest[BucketOf(requestId)];
            while (IsRemembered(number) && EntryOf(number).Answer.RequestId != requestId)
                number = EntryOf(number).Older;
            // Only the newest of a name counts: callers choose names, and may choose one again.
            if (!IsRemembered(number) || EntryOf(number).Answer.Caller != caller)
                return null;
            ref var entry = ref EntryOf(number);
            var found = entry.Answer;
            entry.Answer = found with { IsGraded = true };
            return found;
        }
    }

    private static int BucketOf(string requestId) => (int)((uint)requestId.GetHashCode() % Capacity);

    private bool IsRemembered(long number) => number > Math.Max(0, _count - Capacity);

    private ref Entry EntryOf(long number) => ref _ring[number % Capacity];
}

/// <summary>What must be remembered of an answer so that it can be graded.</summary>
/// <param name="RequestId">As the caller was told.</param>
/// <param name="Caller">Who asked; null without keys.</param>
/// <param name="Model">Who answered.</param>
/// <param name="Corrections">The corrections of that model.</param>
/// <param name="Task">What the request was taken for.</param>
/// <param name="Expected">Quality 0..1 that was expected, before correction.</param>
internal readonly record struct RecentAnswer(string RequestId, string? Caller, string Model, TaskFigures Corrections, TaskKind? Task, float Expected)
{
    public bool IsGraded { get; init; }
}
