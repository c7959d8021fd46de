namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// Gives the calls of a conversation ids that the vendor takes (<c>^[a-zA-Z0-9_-]{1,64}$</c>, each only once) and finds the call that a result answers. Other vendors' ids hold
/// dots and colons, are long, or begin anew with every answer.
/// </summary>
internal sealed class ToolCallIds
{
    private const int MaxLength = 64;
    private const string Nameless = "call";

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _repeats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Turn, Queue<ToolCallInHistory> Calls)> _latest = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, Queue<ToolCallInHistory>> _byName = new(StringComparer.Ordinal);
    private readonly Queue<ToolCallInHistory> _all = new();

    /// <summary>Whether the conversation holds no calls.</summary>
    public bool IsEmpty => _taken.Count == 0;

    /// <summary>The names called, each once, in order.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>A new call of a turn, under the caller's id, null where it has none, and the tool's name.</summary>
    public ToolCallInHistory Add(string? id, string name, int turn)
    {
        var call = new ToolCallInHistory(Distinct(Legal(id)));
        _all.Enqueue(call);
        if (!_byName.TryGetValue(name, out var ofName))
            _byName.Add(name, ofName = new Queue<ToolCallInHistory>());
        ofName.Enqueue(call);
        if (string.IsNullOrEmpty(id))
            return call;
        if (!_latest.TryGetValue(id, out var ofId) || ofId.Turn != turn)
            _latest[id] = ofId = (turn, new Queue<ToolCallInHistory>());
        ofId.Calls.Enqueue(call);
        return call;
    }

    /// <summary>The call that a result answers: by id, the first unanswered of the last turn that has it; else the first one unanswered of that name, else of all where neither is given; null when there is none.</summary>
    public ToolCallInHistory? Find(string? id, string? name)
    {
        if (!string.IsNullOrEmpty(id))
            return _latest.TryGetValue(id, out var ofId) ? FirstUnansweredOrLast(ofId.Calls) : null;
        return name is null ? FirstUnanswered(_all) : _byName.TryGetValue(name, out var ofName) ? FirstUnanswered(ofName) : null;
    }

    private static ToolCallInHistory FirstUnansweredOrLast(Queue<ToolCallInHistory> calls)
    {
        while (calls.Count > 1 && calls.Peek().Result is not null)
            calls.Dequeue();
        return calls.Peek();
    }

    private static ToolCallInHistory? FirstUnanswered(Queue<ToolCallInHistory> calls)
    {
        while (calls.TryPeek(out var call))
        {
            if (call.Result is null)
                return call;
            calls.Dequeue();
        }

        return null;
    }

    private static string Legal(string? id)
    {
        if (string.IsNullOrEmpty(id))
            return Nameless;
        if (id.Length <= MaxLength && id.All(IsLegal))
            return id;
        return string.Create(Math.Min(id.Length, MaxLength), id, static (legal, source) =>
        {
            for (var place = 0; place < legal.Length; place++)
                legal[place] = IsLegal(source[place]) ? source[place] : '_';
        });
    }

    private string Distinct(string id)
    {
        if (_taken.Add(id))
            return id;
        while (true)
        {
            var number = _repeats[id] = _repeats.GetValueOrDefault(id, 1) + 1;
            var suffix = $"_{number}";
            var candidate = string.Concat(id.AsSpan(0, Math.Min(id.Length, MaxLength - suffix.Length)), suffix);
            if (_taken.Add(candidate))
                return candidate;
        }
    }

    private static bool IsLegal(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';
}
