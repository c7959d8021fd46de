using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Chance;

namespace ServerlessRouter.Testing.Books;

/// <summary>Usage of 50 keys and 10 models over thirteen months, every key with every model on every day.</summary>
public static class ThirteenMonths
{
    public const int Days = 395;
    public const int Keys = 50;
    public const int Models = 10;
    public const int RequestsOfEach = 7;
    public const decimal CostUsdOfEach = 0.01m;

    /// <summary>Pages that fit into one transaction.</summary>
    private const int PagesPerTransaction = 3;

    /// <summary>The sums of every day before today as a roll-up leaves them, those of the months that it makes of them, and how far it is: up to the hour.</summary>
    public static async Task FillAsync(ITableStore store, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(time);
        var whole = Day();
        var sums = UsageView.All.SelectMany(view => UsagePages.Rows("", "", whole.Of(view), view).Select(row => (View: view, Number: row.RowKey, row.Properties))).ToList();
        var today = UsageTables.DayOf(time.GetUtcNow());
        for (var day = today.AddDays(-Days); day < today; day = day.AddDays(1))
        {
            var rows = sums.Select(sum => TableOperation.Insert(new TableEntity(UsageShelf.Partition(day), $"{UsageShelf.SumKey(UsageShelf.Day, sum.View, day)}{sum.Number}") { Properties = sum.Properties }));
            foreach (var some in rows.Chunk(PagesPerTransaction))
                await store.TransactAsync(UsageShelf.Table, some);
        }

        var summing = new UsageSumming(store);
        for (var month = UsageShelf.MonthOf(today.AddDays(-Days)); month < UsageShelf.MonthOf(today); month = month.AddMonths(1))
        {
            if (!await summing.SumMonthAsync(month, default))
                throw new InvalidOperationException("Another wrote to the store.");
        }

        await store.WriteAsync(UsageShelf.Table, new UsageStanding(UsageTables.HourOf(time.GetUtcNow()), DateTimeOffset.UnixEpoch, null).Write());
    }

    private static UsageBook Day()
    {
        var (book, luck) = (new UsageBook(), new SeededRandomSource(1));
        for (var key = 0; key < Keys; key++)
        {
            for (var model = 0; model < Models; model++)
            {
                var cell = book.CellOf(0, new UsageDimensions
                {
                    Key = $"key-{key}", Tier = "pro", Tags = $"team={key}", Route = "auto", ModelAsked = "auto", Model = $"model-{model}", Deployment = $"vendor/{model}",
                    Task = model % 2 == 0 ? "code" : "chat", Status = key % 2 == 0 ? 200 : 429,
                });
                cell.Tally = new UsageTally { Requests = RequestsOfEach, Attempts = RequestsOfEach, PromptTokens = 1000, CompletionTokens = 100, CostUsd = CostUsdOfEach };
                for (var request = 0; request < RequestsOfEach; request++)
                {
                    cell.OwnTimes().Latency.Add(0.5 + (luck.NextDouble() * 3.5));
                    cell.OwnTimes().Overhead.Add(0.001);
                }
            }
        }

        return book;
    }
}
