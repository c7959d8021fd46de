using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>What an item used, as a column of its row: a JSON array of one array for each hour and set of dimensions.</summary>
internal static class UsageColumn
{
    private const int MaxCharacters = TableLimits.PropertyBytes / 2;
    private const string HourFormat = "yyyyMMddHH";

    /// <summary>Values of an entry of an earlier version; one more where its prices have a version.</summary>
    private const int Earlier = 15;

    /// <summary>Values of an entry of the version before this one.</summary>
    private const int WithoutFailedAttempts = 25;

    /// <summary>What entries that do not fit are no longer told apart by, one after the other.</summary>
    private static readonly Func<UsageDimensions, UsageDimensions>[] Omissions =
    [
        static known => known with { Deployment = null },
        static known => known with { Tags = null },
        static known => known with { ModelAsked = null },
        static known => known with { Task = null },
        static known => known with { PriceVersion = null },
        static known => known with { Status = 0 },
        static known => known.Only(UsageGroups.Key),
    ];

    /// <summary>Null for nothing. So many that they do not fit are told apart by less, and at last not even by the hour; what they add up to stays.</summary>
    public static string? Write(IReadOnlyCollection<UsageEntry> entries)
    {
        if (entries.Count == 0)
            return null;
        var text = Text(entries);
        for (var step = 0; text.Length > MaxCharacters && step < Omissions.Length; step++)
        {
            entries = Shortened(entries, entry => entry with { Dimensions = Omissions[step](entry.Dimensions) });
            text = Text(entries);
        }

        if (text.Length <= MaxCharacters)
            return text;
        var last = entries.Max(static entry => entry.Hour);
        return Text(Shortened(entries, entry => entry with { Hour = last }));
    }

    public static List<UsageEntry> Read(string? text)
    {
        if (text is null)
            return [];
        using var document = JsonDocument.Parse(text);
        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    private static List<UsageEntry> Shortened(IEnumerable<UsageEntry> entries, Func<UsageEntry, UsageEntry> shorten)
    {
        var shortened = new List<UsageEntry>();
        foreach (var entry in entries)
            UsageSplit.Add(shortened, shorten(entry));
        return shortened;
    }

    private static string Text(IEnumerable<UsageEntry> entries)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartArray();
        foreach (var (hour, dimensions, tally) in entries)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(hour.UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture));
            writer.WriteStringValue(dimensions.Key);
            writer.WriteStringValue(dimensions.Route);
            writer.WriteStringValue(dimensions.Model);
            writer.WriteStringValue(dimensions.Deployment);
            writer.WriteNumberValue(dimensions.Status);
            writer.WriteNumberValue(tally.Requests);
            writer.WriteNumberValue(tally.Failures);
            writer.WriteNumberValue(tally.Attempts);
            writer.WriteNumberValue(tally.EstimatedAttempts);
            writer.WriteNumberValue(tally.PromptTokens);
            writer.WriteNumberValue(tally.CachedTokens);
            writer.WriteNumberValue(tally.CompletionTokens);
            writer.WriteNumberValue(tally.ReasoningTokens);
            writer.WriteNumberValue(tally.CostUsd);
            writer.WriteStringValue(dimensions.PriceVersion);
            writer.WriteStringValue(dimensions.Tier);
            writer.WriteStringValue(dimensions.Tags);
            writer.WriteStringValue(dimensions.ModelAsked);
            writer.WriteStringValue(dimensions.Task);
            writer.WriteNumberValue(tally.CacheWriteTokens);
            writer.WriteNumberValue(tally.HourCacheWriteTokens);
            writer.WriteNumberValue(tally.Fallbacks);
            writer.WriteNumberValue(tally.Hedges);
            writer.WriteNumberValue(tally.Escalations);
            writer.WriteNumberValue(tally.FailedAttempts);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static UsageEntry Read(JsonElement entry)
    {
        var length = entry.GetArrayLength();
        var isWhole = length > Earlier + 1;
        var hour = DateTime.ParseExact(entry[0].GetString()!, HourFormat, CultureInfo.InvariantCulture, DateTimeStyles.None);
        var dimensions = new UsageDimensions
        {
            Key = entry[1].GetString(),
            Route = entry[2].GetString(),
            Model = entry[3].GetString(),
            Deployment = entry[4].GetString(),
            Status = entry[5].GetInt32(),
            PriceVersion = length > Earlier ? entry[Earlier].GetString() : null,
            Tier = isWhole ? entry[16].GetString() : null,
            Tags = isWhole ? entry[17].GetString() : null,
            ModelAsked = isWhole ? entry[18].GetString() : null,
            Task = isWhole ? entry[19].GetString() : null,
        };
        var tally = new UsageTally
        {
            Requests = entry[6].GetInt64(),
            Failures = entry[7].GetInt64(),
            Attempts = entry[8].GetInt64(),
            EstimatedAttempts = entry[9].GetInt64(),
            PromptTokens = entry[10].GetInt64(),
            CachedTokens = entry[11].GetInt64(),
            CompletionTokens = entry[12].GetInt64(),
            ReasoningTokens = entry[13].GetInt64(),
            CacheWriteTokens = isWhole ? entry[20].GetInt64() : 0,
            HourCacheWriteTokens = isWhole ? entry[21].GetInt64() : 0,
            Fallbacks = isWhole ? entry[22].GetInt64() : 0,
            Hedges = isWhole ? entry[23].GetInt64() : 0,
            Escalations = isWhole ? entry[24].GetInt64() : 0,
            FailedAttempts = length > WithoutFailedAttempts ? entry[WithoutFailedAttempts].GetInt64() : 0,
            CostUsd = entry[14].TryGetDecimal(out var usd) ? Sums.Bounded(usd) : 0,
        };
        return new UsageEntry(new DateTimeOffset(hour, TimeSpan.Zero), dimensions, tally);
    }
}
