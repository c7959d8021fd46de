using System.Runtime.InteropServices;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Figures as bytes and back: a table of names, then, for each set of dimensions, the places of its names, its counts and its sketches.</summary>
internal static class UsageBytes
{
    /// <summary>The first byte of all; a later form takes another.</summary>
    private const byte Form = 1;

    /// <summary>Of a share beside others in a row: a reader that knows the first form alone refuses it and does not take it for all there is.</summary>
    private const byte SharedForm = 2;

    private const int UsualBytes = 4096;

    public static byte[] Write(IEnumerable<KeyValuePair<(int Minute, UsageDimensions Dimensions), UsageCell>> cells) => Write(Form, cells);

    /// <summary>The same of a share (<see cref="UsageShares"/>).</summary>
    public static byte[] WriteShare(IEnumerable<KeyValuePair<(int Minute, UsageDimensions Dimensions), UsageCell>> cells) => Write(SharedForm, cells);

    /// <summary>Adds what the bytes say to those figures that <paramref name="find"/> names; null leaves it out.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such page.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, Func<int, UsageDimensions, UsageCell?> find)
    {
        var input = new PackedReader(bytes);
        if (input.Byte() is not (Form or SharedForm))
            throw new InvalidDataException("A packed row of usage was written by a later version.");
        var names = new string?[input.Count() + 1];
        foreach (ref var name in names.AsSpan(1))
            name = input.Text();
        for (var left = input.Count(); left > 0; left--)
        {
            var cell = find(input.Count(), ReadDimensions(ref input, names));
            var tally = ReadTally(ref input);
            if (cell is not null)
                cell.Tally += tally;
            ReadTimes(ref input, cell);
        }
    }

    private static byte[] Write(byte form, IEnumerable<KeyValuePair<(int Minute, UsageDimensions Dimensions), UsageCell>> cells)
    {
        using var head = new PooledWriter(UsualBytes);
        using var body = new PooledWriter(UsualBytes);
        var (output, rows, names, count) = (new PackedWriter(head), new PackedWriter(body), new NameTable(), 0);
        foreach (var ((minute, dimensions), cell) in cells)
        {
            rows.Number(minute);
            Write(rows, names, dimensions);
            Write(rows, cell.Tally);
            Write(rows, cell.Times);
            count++;
        }

        output.Byte(form);
        output.Number(names.All.Count);
        foreach (var name in names.All)
            output.Text(name);
        output.Number(count);
        return [.. head.Written.Span, .. body.Written.Span];
    }

    private static void Write(PackedWriter output, NameTable names, in UsageDimensions dimensions)
    {
        output.Number(names.PlaceOf(dimensions.Key));
        output.Number(names.PlaceOf(dimensions.Tier));
        output.Number(names.PlaceOf(dimensions.Tags));
        output.Number(names.PlaceOf(dimensions.Route));
        output.Number(names.PlaceOf(dimensions.ModelAsked));
        output.Number(names.PlaceOf(dimensions.Model));
        output.Number(names.PlaceOf(dimensions.Deployment));
        output.Number(names.PlaceOf(dimensions.PriceVersion));
        output.Number(names.PlaceOf(dimensions.Task));
        output.Number((uint)dimensions.Status);
    }

    private static UsageDimensions ReadDimensions(ref PackedReader input, string?[] names) => new()
    {
        Key = names[input.Count()],
        Tier = names[input.Count()],
        Tags = names[input.Count()],
        Route = names[input.Count()],
        ModelAsked = names[input.Count()],
        Model = names[input.Count()],
        Deployment = names[input.Count()],
        PriceVersion = names[input.Count()],
        Task = names[input.Count()],
        Status = (int)(uint)input.Number(),
    };

    private static void Write(PackedWriter output, in UsageTally tally)
    {
        output.Number(tally.Requests);
        output.Number(tally.Failures);
        output.Number(tally.Attempts);
        output.Number(tally.EstimatedAttempts);
        output.Number(tally.PromptTokens);
        output.Number(tally.CachedTokens);
        output.Number(tally.CacheWriteTokens);
        output.Number(tally.HourCacheWriteTokens);
        output.Number(tally.CompletionTokens);
        output.Number(tally.ReasoningTokens);
        output.Number(tally.Fallbacks);
        output.Number(tally.Hedges);
        output.Number(tally.Escalations);
        output.Number(tally.CacheHits);
        output.Number(tally.FailedAttempts);
        output.Money(tally.CostUsd);
        output.Money(tally.SavedUsd);
    }

    private static UsageTally ReadTally(ref PackedReader input) => new()
    {
        Requests = input.Number(),
        Failures = input.Number(),
        Attempts = input.Number(),
        EstimatedAttempts = input.Number(),
        PromptTokens = input.Number(),
        CachedTokens = input.Number(),
        CacheWriteTokens = input.Number(),
        HourCacheWriteTokens = input.Number(),
        CompletionTokens = input.Number(),
        ReasoningTokens = input.Number(),
        Fallbacks = input.Number(),
        Hedges = input.Number(),
        Escalations = input.Number(),
        CacheHits = input.Number(),
        FailedAttempts = input.Number(),
        CostUsd = Sums.Bounded(input.Money()),
        SavedUsd = Sums.Bounded(input.Money()),
    };

    private static void Write(PackedWriter output, UsageTimes times)
    {
        Write(output, times.Latency);
        Write(output, times.FirstToken);
        Write(output, times.Overhead);
        Write(output, times.TokensPerSecond);
    }

    private static void ReadTimes(ref PackedReader input, UsageCell? cell)
    {
        ReadSketch(ref input, cell, static times => times.Latency);
        ReadSketch(ref input, cell, static times => times.FirstToken);
        ReadSketch(ref input, cell, static times => times.Overhead);
        ReadSketch(ref input, cell, static times => times.TokensPerSecond);
    }

    /// <summary>How many buckets; then, where there are any, the first of them and their counts.</summary>
    private static void Write(PackedWriter output, LogSketch sketch)
    {
        var (first, counts) = sketch.Used();
        output.Number(counts.Length);
        if (counts.IsEmpty)
            return;
        output.Number(first);
        foreach (var count in counts.Span)
            output.Number(count);
    }

    private static void ReadSketch(ref PackedReader input, UsageCell? cell, Func<UsageTimes, LogSketch> sketchOf)
    {
        var left = input.Count();
        if (left == 0)
            return;
        var sketch = cell is null ? null : sketchOf(cell.OwnTimes());
        for (var bucket = input.Count(); left > 0; left--, bucket++)
        {
            if (input.Number() is not 0 and var count && bucket < LogSketch.Buckets)
                sketch?.Add(bucket, count);
        }
    }

    /// <summary>Each name once; place 0 is none.</summary>
    private sealed class NameTable
    {
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

        public List<string> All { get; } = [];

        public int PlaceOf(string? name)
        {
            if (name is null)
                return 0;
            ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, name, out var isKnown);
            if (!isKnown)
            {
                All.Add(name);
                place = All.Count;
            }

            return place;
        }
    }
}
