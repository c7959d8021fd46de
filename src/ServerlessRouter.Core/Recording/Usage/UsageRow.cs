using System.Globalization;
using ServerlessRouter.Domain;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>A row of usage and back; money as text, because tables know no decimals.</summary>
internal static class UsageRow
{
    public static TableEntity Write(string partition, string rowKey, in UsageDimensions dimensions, in UsageTally tally)
    {
        var values = new Dictionary<string, TableValue>
        {
            [nameof(UsageDimensions.Status)] = dimensions.Status,
            [nameof(UsageTally.Requests)] = tally.Requests,
            [nameof(UsageTally.Failures)] = tally.Failures,
            [nameof(UsageTally.Attempts)] = tally.Attempts,
            [nameof(UsageTally.EstimatedAttempts)] = tally.EstimatedAttempts,
            [nameof(UsageTally.PromptTokens)] = tally.PromptTokens,
            [nameof(UsageTally.CachedTokens)] = tally.CachedTokens,
            [nameof(UsageTally.CompletionTokens)] = tally.CompletionTokens,
            [nameof(UsageTally.ReasoningTokens)] = tally.ReasoningTokens,
            [nameof(UsageTally.CostUsd)] = tally.CostUsd.ToString(CultureInfo.InvariantCulture),
        };
        // Only where there is a cache: rows of others stay as they are.
        if (tally.CacheHits != 0 || tally.SavedUsd != 0)
        {
            values[nameof(UsageTally.CacheHits)] = tally.CacheHits;
            values[nameof(UsageTally.SavedUsd)] = tally.SavedUsd.ToString(CultureInfo.InvariantCulture);
        }

        Name(values, nameof(UsageDimensions.Key), dimensions.Key);
        Name(values, nameof(UsageDimensions.Route), dimensions.Route);
        Name(values, nameof(UsageDimensions.Model), dimensions.Model);
        Name(values, nameof(UsageDimensions.Deployment), dimensions.Deployment);
        Name(values, nameof(UsageDimensions.PriceVersion), dimensions.PriceVersion);
        return new TableEntity(partition, rowKey) { Properties = values };
    }

    /// <summary>The same counts under another key of the partition.</summary>
    public static TableEntity Move(TableEntity row, string rowKey) => new(row.PartitionKey, rowKey) { Properties = row.Properties };

    public static UsageDimensions Dimensions(TableEntity row) => new()
    {
        Key = row.Find(nameof(UsageDimensions.Key))?.AsString(),
        Route = row.Find(nameof(UsageDimensions.Route))?.AsString(),
        Model = row.Find(nameof(UsageDimensions.Model))?.AsString(),
        Deployment = row.Find(nameof(UsageDimensions.Deployment))?.AsString(),
        PriceVersion = row.Find(nameof(UsageDimensions.PriceVersion))?.AsString(),
        Status = row[nameof(UsageDimensions.Status)].AsInt32(),
    };

    public static UsageTally Tally(TableEntity row) => new()
    {
        Requests = row[nameof(UsageTally.Requests)].AsInt64(),
        Failures = row[nameof(UsageTally.Failures)].AsInt64(),
        Attempts = row[nameof(UsageTally.Attempts)].AsInt64(),
        EstimatedAttempts = row[nameof(UsageTally.EstimatedAttempts)].AsInt64(),
        PromptTokens = row[nameof(UsageTally.PromptTokens)].AsInt64(),
        CachedTokens = row[nameof(UsageTally.CachedTokens)].AsInt64(),
        CompletionTokens = row[nameof(UsageTally.CompletionTokens)].AsInt64(),
        ReasoningTokens = row[nameof(UsageTally.ReasoningTokens)].AsInt64(),
        CostUsd = Sums.ReadUsd(row.Find(nameof(UsageTally.CostUsd))?.AsString()),
        CacheHits = row.Find(nameof(UsageTally.CacheHits))?.AsInt64() ?? 0,
        SavedUsd = Sums.ReadUsd(row.Find(nameof(UsageTally.SavedUsd))?.AsString()),
    };

    private static void Name(Dictionary<string, TableValue> values, string column, string? name)
    {
        if (name is not null)
            values[column] = name;
    }
}
