namespace ServerlessRouter.Queueing;

/// <summary>
/// What waits for room, in the order in which it is served: lower classes first, and inside a class by start-time fair queueing among keys. A key that asks for much waits behind itself, and one that asks for less
/// than its share is served at once. What has waited for <paramref name="ageing"/> stands in the first class, so that no class starves another.
/// </summary>
/// <remarks>Its owner holds a lock around every call. Of the classic algorithm: a request's start is the later of the lane's time and its key's last end, its end is the start and its cost, and the lane's time is the start of what was served last.</remarks>
/// <param name="ageing">How long something waits in its own class.</param>
/// <param name="time">The clock.</param>
internal sealed class FairQueue(TimeSpan ageing, TimeProvider time)
{
    private readonly SortedList<int, Lane> _lanes = [];
    private long _sequence;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Takes one in. Beyond <paramref name="capacity"/> the one that would be served last goes, which may be the new one itself.</summary>
    /// <returns>Who had to go; null where there was room.</returns>
    public Waiting? Add(Waiting waiting, int capacity)
    {
        (waiting.Sequence, waiting.QueuedAt) = (_sequence++, time.GetTimestamp());
        Enter(LaneOf(waiting.Priority), waiting);
        if (Count <= capacity)
            return null;
        var last = Last();
        Remove(last);
        // It was never served, so its key does not owe its turn.
        last.GiveBackTurn();
        return last;
    }

    /// <summary>Lets one go that waits no longer; nothing where it has gone already.</summary>
    public void Remove(Waiting waiting)
    {
        if (waiting.Lane is not { } lane)
            return;
        waiting.Lane = null;
        lane.InOrder.Remove(waiting);
        lane.Arrivals.Remove(waiting.Arrival!);
        Count--;
        if (lane.InOrder.Count == 0)
            _lanes.Remove(lane.Priority);
    }

    /// <summary>Lets one go because its turn has come.</summary>
    public void Serve(Waiting waiting)
    {
        if (waiting.Lane is { } lane)
            lane.Advance(waiting.Start);
        Remove(waiting);
    }

    /// <summary>Those that wait, the next first; must not be changed while it is read.</summary>
    public IEnumerable<Waiting> InOrder()
    {
        Age();
        return _lanes.Values.SelectMany(static lane => lane.InOrder);
    }

    private void Enter(Lane lane, Waiting waiting)
    {
        lane.Admit(waiting);
        Count++;
    }

    private Lane LaneOf(int priority)
    {
        if (_lanes.TryGetValue(priority, out var known))
            return known;
        var lane = new Lane(priority);
        _lanes.Add(priority, lane);
        return lane;
    }

    private Waiting Last() => _lanes.Values[^1].InOrder.Max!;

    private void Age()
    {
        var now = time.GetTimestamp();
        for (var place = _lanes.Count - 1; place > 0; place--)
        {
            var lane = _lanes.Values[place];
            while (lane.Arrivals.First is { } first && time.GetElapsedTime(first.Value.QueuedAt, now) >= ageing)
            {
                Remove(first.Value);
                Enter(_lanes.Values[0], first.Value);
            }
        }
    }
}

/// <summary>One that waits in a <see cref="FairQueue"/>.</summary>
/// <param name="key">Among whom the queue is fair.</param>
/// <param name="priority">Its class; lower is served first.</param>
/// <param name="cost">How much of its key's share it takes; above 0.</param>
internal class Waiting(string key, int priority, double cost)
{
    public string Key { get; } = key;

    public int Priority { get; } = priority;

    public double Cost { get; } = cost;

    /// <summary>The order of arrival, which decides between equals.</summary>
    public long Sequence { get; set; }

    public long QueuedAt { get; set; }

    /// <summary>Its turn, in the time of its lane.</summary>
    public double Start { get; set; }

    /// <summary>Where it waits; null once it has gone.</summary>
    public Lane? Lane { get; set; }

    public LinkedListNode<Waiting>? Arrival { get; set; }

    /// <summary>What comes from its key later need not stand behind it.</summary>
    public void GiveBackTurn() => LastLane?.GiveBack(this);

    /// <summary>The lane that gave it its turn.</summary>
    public Lane? LastLane { get; set; }
}

/// <summary>One class of a <see cref="FairQueue"/>.</summary>
internal sealed class Lane(int priority)
{
    /// <summary>Keys whose turns are remembered before those that owe nothing are forgotten.</summary>
    private const int MaxIdleKeys = 1024;

    private static readonly Comparer<Waiting> ByStart = Comparer<Waiting>.Create(
        static (left, right) => left.Start.CompareTo(right.Start) is var order && order != 0 ? order : left.Sequence.CompareTo(right.Sequence));

    private readonly Dictionary<string, double> _ends = new(StringComparer.Ordinal);
    private double _time;

    public int Priority { get; } = priority;

    /// <summary>By turn.</summary>
    public SortedSet<Waiting> InOrder { get; } = new(ByStart);

    /// <summary>By arrival in this lane.</summary>
    public LinkedList<Waiting> Arrivals { get; } = new();

    /// <summary>Gives one its turn.</summary>
    public void Admit(Waiting waiting)
    {
        waiting.Start = Math.Max(_time, _ends.GetValueOrDefault(waiting.Key));
        _ends[waiting.Key] = waiting.Start + waiting.Cost;
        (waiting.Lane, waiting.LastLane) = (this, this);
        waiting.Arrival = Arrivals.AddLast(waiting);
        InOrder.Add(waiting);
    }

    /// <summary>One whose turn was at this time is served.</summary>
    public void Advance(double start)
    {
        _time = Math.Max(_time, start);
        if (_ends.Count <= MaxIdleKeys + InOrder.Count)
            return;
        foreach (var (key, end) in _ends)
        {
            if (end <= _time)
                _ends.Remove(key);
        }
    }

    /// <summary>One of its key goes unserved: those behind it move up.</summary>
    public void GiveBack(Waiting waiting)
    {
        if (!_ends.TryGetValue(waiting.Key, out var end))
            return;
        foreach (var later in InOrder.Where(other => other.Key == waiting.Key && other.Start > waiting.Start).ToArray())
        {
            InOrder.Remove(later);
            later.Start = Math.Max(_time, later.Start - waiting.Cost);
            InOrder.Add(later);
        }

        _ends[waiting.Key] = Math.Max(waiting.Start, end - waiting.Cost);
    }
}
