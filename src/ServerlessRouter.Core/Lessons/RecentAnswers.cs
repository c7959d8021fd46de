namespace ServerlessRouter.Lessons;

/// <summary>The last answers, in a ring of fixed size: the newest takes the place of the oldest.</summary>
internal sealed class RecentAnswers
{
    /// <summary>Answers remembered.</summary>
    public const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly RecentAnswer[] _ring = new RecentAnswer[Capacity];
    private readonly Dictionary<string, int> _places = new(Capacity, StringComparer.Ordinal);
    private int _next;

    public void Add(in RecentAnswer answer)
    {
        lock (_lock)
        {
            var oldest = _ring[_next].RequestId;
            // A name that callers chose may have been used again since.
            if (oldest is not null && _places.TryGetValue(oldest, out var place) && place == _next)
                _places.Remove(oldest);
            _ring[_next] = answer;
            _places[answer.RequestId] = _next;
            _next = (_next + 1) % Capacity;
        }
    }

    /// <summary>Finds the answer to a request of this caller and marks it as graded; the one found is as it was before.</summary>
    public RecentAnswer? Grade(string requestId, string? caller)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue(requestId, out var place) || _ring[place].Caller != caller)
                return null;
            var found = _ring[place];
            _ring[place] = found with { IsGraded = true };
            return found;
        }
    }
}
