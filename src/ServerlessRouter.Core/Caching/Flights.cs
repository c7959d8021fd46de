namespace ServerlessRouter.Caching;

/// <summary>
/// Requests for the same answer at the same time: the first asks, and the others wait for what it gets. Each of them can go on by itself at any time, so a first one that fails, hangs or is left takes no other with it.
/// </summary>
internal sealed class Flights(TimeProvider time)
{
    /// <summary>More at once are asked one by one.</summary>
    public const int MaxFlights = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, Flight> _flights = [];

    /// <summary>
    /// Joins the flight of a key, or begins one, whose owner must end it. Null where the request goes alone: too many are waiting already, or the flight is past its time.
    /// </summary>
    public Flight? Join(CacheKey key, TimeSpan patience, out bool isLeader)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            isLeader = false;
            if (_flights.TryGetValue(key, out var known) && time.GetElapsedTime(known.Since, now) < known.Patience)
                return known.TryFollow() ? known : null;
            // One that is past its time is followed no more; what becomes of it concerns its owner alone.
            if (known is null && _flights.Count >= MaxFlights)
                return null;
            isLeader = true;
            return _flights[key] = new Flight(this, key, now, patience);
        }
    }

    /// <summary>How long a follower that came now would wait at most.</summary>
    public TimeSpan TimeLeft(Flight flight) => flight.Patience - time.GetElapsedTime(flight.Since);

    /// <summary>Ends a flight, which none can join any more; answers whether there are any who joined it.</summary>
    internal bool End(Flight flight)
    {
        lock (_lock)
        {
            if (_flights.TryGetValue(flight.Key, out var known) && ReferenceEquals(known, flight))
                _flights.Remove(flight.Key);
            return flight.HasFollowers;
        }
    }

    /// <summary>Tells what came of a flight; answers with what its followers wait for, if they do yet.</summary>
    internal TaskCompletionSource<FlightEnd>? Tell(Flight flight, FlightEnd end)
    {
        lock (_lock)
            return flight.Ended(end);
    }

    internal Task<FlightEnd> EndOf(Flight flight)
    {
        lock (_lock)
            return flight.Waited();
    }
}

/// <summary>A request under way whose answer others wait for.</summary>
internal sealed class Flight(Flights flights, CacheKey key, long since, TimeSpan patience)
{
    /// <summary>Further ones go alone.</summary>
    public const int MaxFollowers = 256;

    private TaskCompletionSource<FlightEnd>? _waited;
    private FlightEnd? _end;
    private int _followers;

    public CacheKey Key => key;

    public long Since => since;

    public TimeSpan Patience => patience;

    /// <summary>What a follower waits for. Never fails.</summary>
    public Task<FlightEnd> End => flights.EndOf(this);

    /// <summary>Tells the followers, which nearly always are none, what came of it; later calls change nothing.</summary>
    public void Land(FlightEnd end)
    {
        if (!flights.End(this))
            return;
        // They use the answer when the first request, and its buffer, are gone.
        var own = end with { Answer = end.Answer?.Owned() };
        flights.Tell(this, own)?.TrySetResult(own);
    }

    /// <summary>Under the lock of all flights, as what follows.</summary>
    internal bool HasFollowers => _followers > 0;

    internal bool TryFollow() => ++_followers <= MaxFollowers;

    internal TaskCompletionSource<FlightEnd>? Ended(FlightEnd end)
    {
        _end ??= end;
        return _waited;
    }

    /// <summary>Made for the first that waits, because most flights have no followers.</summary>
    internal Task<FlightEnd> Waited()
    {
        if (_waited is null)
        {
            _waited = new TaskCompletionSource<FlightEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_end is { } end)
                _waited.SetResult(end);
        }

        return _waited.Task;
    }
}

/// <summary>What came of a flight.</summary>
/// <param name="Answer">The answer for all; null where there is none.</param>
/// <param name="IsFailed">The first request came to nothing, so another may try for all.</param>
internal readonly record struct FlightEnd(CachedAnswer? Answer, bool IsFailed)
{
    /// <summary>It failed, or its caller left.</summary>
    public static readonly FlightEnd Failed = new(null, IsFailed: true);

    /// <summary>Its answer is for no other request.</summary>
    public static readonly FlightEnd NotShared = new(null, IsFailed: false);
}
