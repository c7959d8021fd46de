using System.Globalization;
using ServerlessRouter.Domain;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>A tally as columns; money as text, because tables know no decimals.</summary>
internal static class TallyColumns
{
    public static RowBuilder Set(this RowBuilder row, in JobTally tally) => row
        .Set(nameof(JobTally.Completed), tally.Completed)
        .Set(nameof(JobTally.Failed), tally.Failed)
        .Set(nameof(JobTally.CostUsd), tally.CostUsd.ToString(CultureInfo.InvariantCulture))
        .Set(nameof(JobTally.PromptTokens), tally.PromptTokens)
        .Set(nameof(JobTally.CachedTokens), tally.CachedTokens)
        .Set(nameof(JobTally.CompletionTokens), tally.CompletionTokens)
        .Set(nameof(JobTally.ReasoningTokens), tally.ReasoningTokens);

    public static JobTally Read(TableEntity row) => new()
    {
        Completed = row.NumberOf(nameof(JobTally.Completed)),
        Failed = row.NumberOf(nameof(JobTally.Failed)),
        CostUsd = Sums.ReadUsd(row.TextOf(nameof(JobTally.CostUsd))),
        PromptTokens = row.LongOf(nameof(JobTally.PromptTokens)),
        CachedTokens = row.LongOf(nameof(JobTally.CachedTokens)),
        CompletionTokens = row.LongOf(nameof(JobTally.CompletionTokens)),
        ReasoningTokens = row.LongOf(nameof(JobTally.ReasoningTokens)),
    };
}
