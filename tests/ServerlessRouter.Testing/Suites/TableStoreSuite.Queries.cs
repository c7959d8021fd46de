using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Testing.Suites;

public abstract partial class TableStoreSuite
{
    [SkippableFact]
    public async Task Query_WholeTable_IsOrderedByPartitionThenRowOrdinal()
    {
        foreach (var (partition, row) in new[] { ("b", "1"), ("a", "b"), ("a", "B"), ("B", "9"), ("a", "10"), ("a", "2"), ("a", ""), ("ab", "1") })
            await InsertAsync(partition, row);

        Assert.Equal(["B:9", "a:", "a:10", "a:2", "a:B", "a:b", "ab:1", "b:1"], await ReadKeysAsync(TableQuery.All));
    }

    [SkippableFact]
    public async Task Query_InPartition_KeepsToThePartition()
    {
        await InsertGridAsync();

        Assert.Equal(["b:10", "b:11", "b:20", "b:30"], await ReadKeysAsync(TableQuery.InPartition("b")));
        Assert.Empty(await ReadKeysAsync(TableQuery.InPartition("")));
        Assert.Empty(await ReadKeysAsync(TableQuery.InPartition("bb")));
    }

    [SkippableFact]
    public async Task Query_RowRangeInPartition_IncludesFromAndExcludesBefore()
    {
        await InsertGridAsync();

        Assert.Equal(["b:11", "b:20"], await ReadKeysAsync(TableQuery.InPartition("b", TableKeyRange.Between("11", "30"))));
        Assert.Equal(["b:20", "b:30"], await ReadKeysAsync(TableQuery.InPartition("b", TableKeyRange.StartingAt("12"))));
        Assert.Equal(["b:10"], await ReadKeysAsync(TableQuery.InPartition("b", TableKeyRange.EndingBefore("11"))));
        Assert.Equal(["b:20"], await ReadKeysAsync(TableQuery.InPartition("b", TableKeyRange.Only("20"))));
        Assert.Empty(await ReadKeysAsync(TableQuery.InPartition("b", TableKeyRange.Between("30", "11"))));
    }

    [SkippableFact]
    public async Task Query_RowPrefix_FindsOnlyKeysThatBeginWithIt()
    {
        await InsertGridAsync();

        Assert.Equal(["b:10", "b:11"], await ReadKeysAsync(TableQuery.InPartition("b", TableKeyRange.Prefix("1"))));
        Assert.Equal(["b:11"], await ReadKeysAsync(TableQuery.InPartition("b", TableKeyRange.Prefix("11"))));
        Assert.Empty(await ReadKeysAsync(TableQuery.InPartition("b", TableKeyRange.Prefix("4"))));
    }

    [SkippableFact]
    public async Task Query_PrefixWhoseNextKeyIsForbidden_Works()
    {
        await InsertAsync("p", "a.1");
        await InsertAsync("p", "a0");

        Assert.Equal(["p:a.1"], await ReadKeysAsync(TableQuery.InPartition("p", TableKeyRange.Prefix("a."))));
    }

    [SkippableFact]
    public async Task Query_PartitionRange_SpansPartitions()
    {
        await InsertGridAsync();

        Assert.Equal(
            ["b:10", "b:11", "b:20", "b:30", "c:10", "c:11", "c:20", "c:30"],
            await ReadKeysAsync(TableQuery.AcrossPartitions(TableKeyRange.Between("b", "d"))));
    }

    [SkippableFact]
    public async Task Query_PartitionRangeAndRowRange_AppliesRowsInEachPartition()
    {
        await InsertGridAsync();

        Assert.Equal(
            ["a:11", "a:20", "b:11", "b:20", "c:11", "c:20"],
            await ReadKeysAsync(TableQuery.AcrossPartitions(TableKeyRange.EndingBefore("d"), TableKeyRange.Between("11", "21"))));
        Assert.Equal(
            ["a:20", "b:20", "c:20", "d:20"],
            await ReadKeysAsync(TableQuery.AcrossPartitions(TableKeyRange.All, TableKeyRange.Only("20"))));
    }

    [SkippableFact]
    public async Task Query_KeyWithQuote_IsFound()
    {
        await InsertAsync("o'hara", "it's");

        Assert.Equal(["o'hara:it's"], await ReadKeysAsync(TableQuery.InPartition("o'hara", TableKeyRange.Prefix("it'"))));
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    public async Task QueryPage_AnyPageSize_PagesHoldEachRowOnceInOrder(int pageSize)
    {
        await InsertGridAsync();
        var query = TableQuery.All with { PageSize = pageSize };
        var keys = new List<string>();

        var turns = new Turns("the last page");
        string? continuation = null;
        do
        {
            turns.Take();
            var page = await Store.QueryPageAsync(Table, query, continuation);
            Assert.InRange(page.Entities.Count, 0, pageSize);
            keys.AddRange(page.Entities.Select(entity => $"{entity.PartitionKey}:{entity.RowKey}"));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(await ReadKeysAsync(TableQuery.All), keys);
        Assert.Equal(16, keys.Count);
    }

    [SkippableFact]
    public async Task QueryPage_RowsChangeBetweenPages_NoneComesTwice()
    {
        await InsertGridAsync();
        var query = TableQuery.InPartition("b") with { PageSize = 2 };
        var first = await Store.QueryPageAsync(Table, query);
        await Store.WriteAsync(Table, TableOperation.Delete("b", "11", TableETag.Any));
        await InsertAsync("b", "00");

        var second = await Store.QueryPageAsync(Table, query, first.Continuation);

        Assert.Equal(["10", "11"], first.Entities.Select(entity => entity.RowKey));
        Assert.Equal(["20", "30"], second.Entities.Select(entity => entity.RowKey));
    }

    [SkippableFact]
    public async Task Query_Rows_CarryPropertiesETagAndTimestamp()
    {
        var etag = await InsertAsync("p", "r", 4);

        var row = Assert.Single((await Store.QueryPageAsync(Table, TableQuery.InPartition("p"))).Entities);

        Assert.Equal(4, row["Number"].AsInt32());
        Assert.Equal(etag, row.ETag);
        Assert.NotNull(row.Timestamp);
    }

    [SkippableFact]
    public async Task Query_SomeProperties_CarriesThoseAloneAndWhatEveryRowHas()
    {
        await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "1") { ["A"] = "one", ["B"] = new byte[] { 1, 2 }, ["C"] = 3 }));
        await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "2") { ["C"] = 4 }));
        await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "3") { ["D"] = 5 }));

        foreach (var query in new[] { TableQuery.InPartition("p"), TableQuery.All, TableQuery.InPartition("p", TableKeyRange.StartingAt("1")) })
        {
            var rows = (await Store.QueryPageAsync(Table, query with { Properties = ["C", "B"] })).Entities;

            Assert.Equal(["1", "2", "3"], rows.Select(static row => row.RowKey));
            Assert.All(rows, static row => Assert.Equal(("p", true, true), (row.PartitionKey, row.ETag is not null, row.Timestamp is not null)));
            Assert.Equal(["B C", "C", ""], rows.Select(static row => string.Join(' ', row.Properties.Keys)));
            Assert.Equal([1, 2], rows[0]["B"].AsBinary().ToArray());
            Assert.Equal((3, 4), (rows[0]["C"].AsInt32(), rows[1]["C"].AsInt32()));
        }
    }

    [SkippableFact]
    public async Task Query_SomePropertiesOfOneRow_CarriesThoseAloneAndItsETagReplacesIt()
    {
        await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "1") { ["A"] = "one", ["C"] = 3 }));

        var row = Assert.Single((await Store.QueryPageAsync(Table, TableQuery.InPartition("p", TableKeyRange.Only("1")) with { Properties = ["C"] })).Entities);

        Assert.Equal(["C"], row.Properties.Keys);
        Assert.True((await Store.WriteAsync(Table, TableOperation.UpdateReplace(row.With("C", 4), row.ETag!))).IsDone);
    }

    private async Task InsertGridAsync()
    {
        foreach (var partition in new[] { "c", "a", "d", "b" })
        {
            var rows = new[] { "20", "10", "30", "11" };
            var result = await Store.TransactAsync(Table, Array.ConvertAll(rows, row => TableOperation.Insert(Row(partition, row))));
            Assert.True(result.IsDone);
        }
    }
}
