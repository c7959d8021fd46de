using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Testing.Suites;

public abstract partial class TableStoreSuite
{
    [SkippableFact]
    public async Task Get_TableNeverWritten_FindsNothing()
    {
        Assert.Null(await Store.GetAsync(Table, "p", "r"));
        Assert.Empty(await ReadKeysAsync(TableQuery.All));
    }

    [SkippableFact]
    public async Task Insert_EveryPropertyType_ReadsBackEqual()
    {
        var written = new TableEntity("p", "r")
        {
            ["Text"] = "grüße 🚀 \0 \"quoted\"",
            ["Empty"] = "",
            ["Yes"] = true,
            ["Int"] = int.MinValue,
            ["Long"] = long.MaxValue,
            ["Double"] = 0.1,
            ["Whole"] = 5.0,
            ["NaN"] = double.NaN,
            ["Infinite"] = double.NegativeInfinity,
            ["Time"] = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)).AddTicks(1234567),
            ["Id"] = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"),
            ["Bytes"] = new byte[] { 0, 1, 255 },
        };

        await Store.WriteAsync(Table, TableOperation.Insert(written));

        var read = await Store.GetAsync(Table, "p", "r");
        Assert.NotNull(read);
        Assert.Equal(written.Properties, read.Properties);
        Assert.Equal(TableValueKind.Double, read["Whole"].Kind);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 1, 4, 5, TimeSpan.Zero).AddTicks(1234567), read["Time"].AsDateTime());
    }

    [SkippableFact]
    public async Task Insert_NewRow_GivesItsETagAndTimestamp()
    {
        var etag = await InsertAsync("p", "r");

        var read = await Store.GetAsync(Table, "p", "r");
        Assert.Equal(etag, read!.ETag);
        Assert.NotNull(read.Timestamp);
    }

    [SkippableFact]
    public async Task Insert_RowExists_IsAlreadyExistsAndChangesNothing()
    {
        var etag = await InsertAsync("p", "r", 1);

        var second = await Store.WriteAsync(Table, TableOperation.Insert(Row("p", "r", 2)));

        Assert.Equal(new TableWriteResult(TableOutcome.AlreadyExists), second);
        var read = await Store.GetAsync(Table, "p", "r");
        Assert.Equal(1, read!["Number"].AsInt32());
        Assert.Equal(etag, read.ETag);
    }

    [SkippableFact]
    public async Task Write_SameContentAgain_GivesANewETag()
    {
        var first = await InsertAsync("p", "r", 1);

        var second = await Store.WriteAsync(Table, TableOperation.UpsertReplace(Row("p", "r", 1)));

        Assert.NotEqual(first, second.ETag);
    }

    [SkippableFact]
    public async Task Insert_AfterDelete_GivesAnETagNeverSeenBefore()
    {
        var first = await InsertAsync("p", "r");
        await Store.WriteAsync(Table, TableOperation.Delete("p", "r", first));

        var second = await InsertAsync("p", "r");

        Assert.NotEqual(first, second);
    }

    [SkippableFact]
    public async Task UpsertReplace_RowExists_DropsPropertiesNotGiven()
    {
        await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "r") { ["Old"] = 1, ["Both"] = 1 }));

        var result = await Store.WriteAsync(Table, TableOperation.UpsertReplace(new TableEntity("p", "r") { ["Both"] = 2, ["New"] = 2 }));

        Assert.True(result.IsDone);
        var read = await Store.GetAsync(Table, "p", "r");
        Assert.Equal(["Both", "New"], read!.Properties.Keys.Order());
        Assert.Equal(2, read["Both"].AsInt32());
        Assert.Equal(result.ETag, read.ETag);
    }

    [SkippableFact]
    public async Task UpsertMerge_RowExists_KeepsPropertiesNotGiven()
    {
        await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "r") { ["Old"] = 1, ["Both"] = 1 }));

        var result = await Store.WriteAsync(Table, TableOperation.UpsertMerge(new TableEntity("p", "r") { ["Both"] = "two" }));

        Assert.True(result.IsDone);
        var read = await Store.GetAsync(Table, "p", "r");
        Assert.Equal(1, read!["Old"].AsInt32());
        Assert.Equal("two", read["Both"].AsString());
    }

    [SkippableTheory]
    [InlineData(TableOperationKind.UpsertReplace)]
    [InlineData(TableOperationKind.UpsertMerge)]
    public async Task Upsert_NoRow_WritesIt(TableOperationKind kind)
    {
        var result = await Store.WriteAsync(Table, Operation(kind, Row("p", "r", 7), TableETag.Any));

        Assert.True(result.IsDone);
        Assert.Equal(7, (await Store.GetAsync(Table, "p", "r"))!["Number"].AsInt32());
    }

    [SkippableTheory]
    [InlineData(TableOperationKind.UpdateReplace)]
    [InlineData(TableOperationKind.UpdateMerge)]
    [InlineData(TableOperationKind.Delete)]
    public async Task Conditional_NoRow_IsNotFoundAndWritesNothing(TableOperationKind kind)
    {
        var elsewhere = await InsertAsync("p", "other");

        foreach (var etag in new[] { TableETag.Any, elsewhere })
        {
            var result = await Store.WriteAsync(Table, Operation(kind, Row("p", "r"), etag));

            Assert.Equal(new TableWriteResult(TableOutcome.NotFound), result);
        }

        Assert.Equal(["p:other"], await ReadKeysAsync(TableQuery.All));
    }

    [SkippableTheory]
    [InlineData(TableOperationKind.UpdateReplace)]
    [InlineData(TableOperationKind.UpdateMerge)]
    [InlineData(TableOperationKind.Delete)]
    public async Task Conditional_OutdatedETag_IsMismatchAndChangesNothing(TableOperationKind kind)
    {
        var outdated = await InsertAsync("p", "r", 1);
        await Store.WriteAsync(Table, TableOperation.UpdateReplace(Row("p", "r", 2), outdated));

        var result = await Store.WriteAsync(Table, Operation(kind, Row("p", "r", 3), outdated));

        Assert.Equal(new TableWriteResult(TableOutcome.ETagMismatch), result);
        Assert.Equal(2, (await Store.GetAsync(Table, "p", "r"))!["Number"].AsInt32());
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UpdateReplace_CurrentOrAnyETag_DropsPropertiesNotGiven(bool any)
    {
        var inserted = await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "r") { ["Old"] = 1 }));

        var result = await Store.WriteAsync(Table, TableOperation.UpdateReplace(Row("p", "r", 2), any ? TableETag.Any : inserted.ETag!));

        Assert.True(result.IsDone);
        Assert.NotEqual(inserted.ETag, result.ETag);
        var read = await Store.GetAsync(Table, "p", "r");
        Assert.Equal("Number", Assert.Single(read!.Properties).Key);
        Assert.Equal(result.ETag, read.ETag);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UpdateMerge_CurrentOrAnyETag_KeepsPropertiesNotGiven(bool any)
    {
        var inserted = await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "r") { ["Old"] = 1 }));

        var result = await Store.WriteAsync(Table, TableOperation.UpdateMerge(Row("p", "r", 2), any ? TableETag.Any : inserted.ETag!));

        Assert.True(result.IsDone);
        var read = await Store.GetAsync(Table, "p", "r");
        Assert.Equal(["Number", "Old"], read!.Properties.Keys.Order());
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delete_CurrentOrAnyETag_RemovesTheRow(bool any)
    {
        var etag = await InsertAsync("p", "r");

        var result = await Store.WriteAsync(Table, TableOperation.Delete("p", "r", any ? TableETag.Any : etag));

        Assert.Equal(new TableWriteResult(TableOutcome.Done), result);
        Assert.Null(await Store.GetAsync(Table, "p", "r"));
    }

    [SkippableFact]
    public async Task Keys_DifferOnlyInCase_AreDifferentRows()
    {
        await InsertAsync("p", "r", 1);
        await InsertAsync("P", "r", 2);
        await InsertAsync("p", "R", 3);

        Assert.Equal(2, (await Store.GetAsync(Table, "P", "r"))!["Number"].AsInt32());
        Assert.Equal(3, (await Store.GetAsync(Table, "p", "R"))!["Number"].AsInt32());
    }

    [SkippableFact]
    public async Task Table_NameDiffersOnlyInCase_IsTheSameTable()
    {
        await InsertAsync("p", "r", 1);

        Assert.NotNull(await Store.GetAsync(Table.ToUpperInvariant(), "p", "r"));
    }

    [SkippableFact]
    public async Task Keys_EncodedFromAnyText_AreAccepted()
    {
        const string name = "org/model#1?\\\t~100%+é";

        await InsertAsync(TableKey.Encode(name), TableKey.Encode(name), 5);

        var read = await Store.GetAsync(Table, TableKey.Encode(name), TableKey.Encode(name));
        Assert.Equal(name, TableKey.Decode(read!.RowKey));
    }

    [SkippableFact]
    public async Task CompareAndSwap_ManyTasks_LosesNoIncrement()
    {
        const int tasks = 8;
        const int increments = 10;
        await InsertAsync("p", "counter");

        await Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < increments;)
            {
                var row = await Store.GetAsync(Table, "p", "counter");
                var next = row!.With("Number", row["Number"].AsInt32() + 1);
                if ((await Store.WriteAsync(Table, TableOperation.UpdateReplace(next, row.ETag!))).IsDone)
                    done++;
            }
        })));

        Assert.Equal(tasks * increments, (await Store.GetAsync(Table, "p", "counter"))!["Number"].AsInt32());
    }

    [SkippableFact]
    public async Task Insert_ManyTasksRace_OneWins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(async () =>
            await Store.WriteAsync(Table, TableOperation.Insert(Row("p", "r", number))))));

        Assert.Single(results, result => result.IsDone);
        Assert.Equal(7, results.Count(result => result.Outcome == TableOutcome.AlreadyExists));
    }

    [SkippableFact]
    public async Task Write_AlreadyCancelled_IsCancelledAndWritesNothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Store.WriteAsync(Table, TableOperation.Insert(Row("p", "r")), new CancellationToken(canceled: true)));

        Assert.Null(await Store.GetAsync(Table, "p", "r"));
    }

    private static TableOperation Operation(TableOperationKind kind, TableEntity entity, string etag) => kind switch
    {
        TableOperationKind.Insert => TableOperation.Insert(entity),
        TableOperationKind.UpsertReplace => TableOperation.UpsertReplace(entity),
        TableOperationKind.UpsertMerge => TableOperation.UpsertMerge(entity),
        TableOperationKind.UpdateReplace => TableOperation.UpdateReplace(entity, etag),
        TableOperationKind.UpdateMerge => TableOperation.UpdateMerge(entity, etag),
        TableOperationKind.Delete => TableOperation.Delete(entity.PartitionKey, entity.RowKey, etag),
    };
}
