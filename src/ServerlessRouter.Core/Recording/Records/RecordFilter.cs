using System.Globalization;
using System.Text.Json;

namespace ServerlessRouter.Recording.Records;

/// <summary>What records must be like, beside their time and their caller; null members let every record through.</summary>
public sealed record RecordFilter
{
    private const int FirstFailure = 400;

    /// <summary>Lets every record through.</summary>
    public static readonly RecordFilter None = new();

    public string? Route { get; init; }

    /// <summary>A model that answered or was called.</summary>
    public string? Model { get; init; }

    /// <summary>A deployment that answered or was called.</summary>
    public string? Deployment { get; init; }

    public string? Tier { get; init; }

    /// <summary>The status it ended with.</summary>
    public int? Status { get; init; }

    /// <summary>It ended with an error, whichever.</summary>
    public bool OnlyFailures { get; init; }

    /// <summary>A tag of the caller's key, and its value.</summary>
    public (string Name, string Value)? Tag { get; init; }

    /// <summary>It cost at least so much, in USD.</summary>
    public decimal? MinCostUsd { get; init; }

    /// <summary>Whether a record passes.</summary>
    /// <param name="json">The record's document.</param>
    public bool Matches(string json)
    {
        if (this == None)
            return true;
        using var document = JsonDocument.Parse(json);
        var record = document.RootElement;
        return (Route is null || Is(record, "route", Route))
            && (Tier is null || Is(record, "tier", Tier))
            && (Model is null || Is(record, "model", Model) || WasCalled(record, "model", Model))
            && (Deployment is null || Is(record, "deployment", Deployment) || WasCalled(record, "deployment", Deployment))
            && (Status is null || StatusOf(record) == Status)
            && (!OnlyFailures || StatusOf(record) >= FirstFailure)
            && (Tag is not { } tag || (record.TryGetProperty("tags", out var tags) && Is(tags, tag.Name, tag.Value)))
            && (MinCostUsd is not { } least || (record.TryGetProperty("cost", out var cost) && cost.TryGetDecimal(out var usd) && usd >= least));
    }

    /// <summary>A status as it is asked for: a number, or <c>error</c> for every failure.</summary>
    public static bool TryReadStatus(string written, out int? status, out bool onlyFailures)
    {
        (status, onlyFailures) = (null, written == "error");
        if (onlyFailures)
            return true;
        var isNumber = int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 100 and <= 599;
        status = isNumber ? number : null;
        return isNumber;
    }

    private static int StatusOf(JsonElement record) => record.TryGetProperty("status", out var status) && status.TryGetInt32(out var number) ? number : 0;

    private static bool WasCalled(JsonElement record, string name, string value) =>
        record.TryGetProperty("attempts", out var attempts) && attempts.ValueKind == JsonValueKind.Array && attempts.EnumerateArray().Any(attempt => Is(attempt, name, value));

    private static bool Is(JsonElement parent, string name, string value) => parent.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.ValueEquals(value);
}
