namespace ServerlessRouter.Tools.Catalogue;

/// <summary>What the catalogue is made from.</summary>
internal sealed record Sources(PriceList Prices, SourceState PricesState, ModelList Models, SourceState ModelsState);

/// <summary>Which state of a source was read.</summary>
/// <param name="State">A commit or a version.</param>
/// <param name="Date">Its day, YYYY-MM-DD.</param>
internal sealed record SourceState(string State, string Date)
{
    public static SourceState Parse(string text) => text.Split('@') is [{ Length: > 0 } state, { Length: 10 } date] ? new(state, date) : throw new FormatException($"'{text}' is not STATE@YYYY-MM-DD.");
}
