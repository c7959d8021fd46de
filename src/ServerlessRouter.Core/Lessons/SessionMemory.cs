using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Lessons;

/// <summary>
/// Remembers of each conversation who answered last, in sets of few places of a table of fixed size: a new conversation takes the place of the one that was idle longest in its
/// set. A vendor that was seen not to cache is not expected to.
/// </summary>
internal sealed class SessionMemory(TimeProvider time) : ISessionModels
{
    /// <summary>Conversations idle for longer are new ones; vendors' caches forget as early.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    /// <summary>The same for those whose caller asks the vendor to keep the prompt for an hour.</summary>
    public static readonly TimeSpan LongIdle = TimeSpan.FromHours(1);

    private const int Sets = 2048;
    private const int Ways = 4;

    private readonly Lock _lock = new();
    private Entry[]? _entries;

    private record struct Entry(string? Caller, string? Session, string Model, int PromptTokens, bool CachesNothing, long UsedAt)
    {
        public bool LastsAnHour { get; init; }

        public readonly int CachedTokens => CachesNothing || PromptTokens < Conversation.MinCachedTokens ? 0 : PromptTokens;
    }

    public SessionModel? Find(RequestContext context)
    {
        if (_entries is not { } entries || context.Conversation is not { } session)
            return null;
        lock (_lock)
        {
            var place = PlaceOf(entries, context.CallerName, session, out var isKnown);
            return isKnown && IsFresh(entries[place]) ? new SessionModel(entries[place].Model, entries[place].CachedTokens) : null;
        }
    }

    public void Remember(RequestContext context, string model, in TokenUsage usage)
    {
        if (context.Conversation is not { } session)
            return;
        lock (_lock)
        {
            var entries = _entries ??= new Entry[Sets * Ways];
            var place = PlaceOf(entries, context.CallerName, session, out var isKnown);
            var before = isKnown && IsFresh(entries[place]) && entries[place].Model == model ? entries[place] : default;
            // A prompt the vendor had a moment ago should have been in its cache.
            var cachesNothing = usage.CachedTokens == 0 && (before.CachesNothing || before.CachedTokens > 0);
            entries[place] = new Entry(context.CallerName, session, model, usage.PromptTokens, cachesNothing, time.GetTimestamp()) { LastsAnHour = Conversation.LastsAnHour(context.Request) };
        }
    }

    private bool IsFresh(in Entry entry) => time.GetElapsedTime(entry.UsedAt) < (entry.LastsAnHour ? LongIdle : Idle);

    /// <summary>Where the conversation is, or where it would go.</summary>
    private static int PlaceOf(Entry[] entries, string? caller, string session, out bool isKnown)
    {
        var first = (int)((uint)HashCode.Combine(caller, session) % Sets) * Ways;
        var oldest = first;
        for (var place = first; place < first + Ways; place++)
        {
            if (entries[place].Session == session && entries[place].Caller == caller)
            {
                isKnown = true;
                return place;
            }

            if (entries[place].UsedAt < entries[oldest].UsedAt)
                oldest = place;
        }

        isKnown = false;
        return oldest;
    }
}
