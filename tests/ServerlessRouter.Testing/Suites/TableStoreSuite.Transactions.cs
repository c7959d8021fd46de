using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Testing.Suites;

public abstract partial class TableStoreSuite
{
    [SkippableFact]
    public async Task Transact_EveryKind_CarriesAllOut()
    {
        var replaced = await InsertAsync("p", "replace", 1);
        await InsertAsync("p", "merge", 1);
        await InsertAsync("p", "delete", 1);

        var result = await Store.TransactAsync(Table,
        [
            TableOperation.Insert(Row("p", "insert", 2)),
            TableOperation.UpdateReplace(Row("p", "replace", 2), replaced),
            TableOperation.UpdateMerge(new TableEntity("p", "merge") { ["More"] = true }, TableETag.Any),
            TableOperation.Delete("p", "delete", TableETag.Any),
            TableOperation.UpsertReplace(Row("p", "upsert", 2)),
            TableOperation.UpsertMerge(Row("p", "upsertmerge", 2)),
        ]);

        Assert.Equal(TableOutcome.Done, result.Outcome);
        Assert.Null(result.FailedIndex);
        Assert.Equal(["p:insert", "p:merge", "p:replace", "p:upsert", "p:upsertmerge"], await ReadKeysAsync(TableQuery.All));
        Assert.Equal(6, result.ETags.Count);
        Assert.Null(result.ETags[3]);
        Assert.Equal((await Store.GetAsync(Table, "p", "insert"))!.ETag, result.ETags[0]);
        Assert.Equal((await Store.GetAsync(Table, "p", "upsertmerge"))!.ETag, result.ETags[5]);
        Assert.Equal(2, (await Store.GetAsync(Table, "p", "replace"))!["Number"].AsInt32());
        Assert.Equal(["More", "Number"], (await Store.GetAsync(Table, "p", "merge"))!.Properties.Keys.Order());
    }

    [SkippableTheory]
    [InlineData(TableOutcome.AlreadyExists)]
    [InlineData(TableOutcome.NotFound)]
    [InlineData(TableOutcome.ETagMismatch)]
    public async Task Transact_OneConditionFails_NamesItAndWritesNothing(TableOutcome failure)
    {
        var outdated = await InsertAsync("p", "there", 1);
        var current = (await Store.WriteAsync(Table, TableOperation.UpsertReplace(Row("p", "there", 2)))).ETag;
        var failing = failure switch
        {
            TableOutcome.AlreadyExists => TableOperation.Insert(Row("p", "there", 3)),
            TableOutcome.NotFound => TableOperation.Delete("p", "missing", TableETag.Any),
            TableOutcome.ETagMismatch => TableOperation.UpdateReplace(Row("p", "there", 3), outdated),
            TableOutcome.Done => throw new ArgumentOutOfRangeException(nameof(failure)),
        };

        var result = await Store.TransactAsync(Table,
            [TableOperation.Insert(Row("p", "before")), failing, TableOperation.Insert(Row("p", "zafter"))]);

        Assert.Equal(failure, result.Outcome);
        Assert.Equal(1, result.FailedIndex);
        Assert.Empty(result.ETags);
        Assert.Equal(["p:there"], await ReadKeysAsync(TableQuery.All));
        Assert.Equal(current, (await Store.GetAsync(Table, "p", "there"))!.ETag);
    }

    [SkippableFact]
    public async Task Transact_HundredOperations_AreOneStep()
    {
        var operations = Enumerable.Range(0, 100).Select(number => TableOperation.Insert(Row("p", $"{number:D3}", number))).ToList();

        Assert.True((await Store.TransactAsync(Table, operations)).IsDone);

        Assert.Equal(100, (await ReadKeysAsync(TableQuery.InPartition("p"))).Count);
    }

    [SkippableFact]
    public async Task Transact_BreachOfTheRules_IsAnArgumentException()
    {
        var hundredAndOne = Enumerable.Range(0, 101).Select(number => TableOperation.Insert(Row("p", $"{number}"))).ToList();
        await RejectsTransactionAsync("1 to 100 operations", hundredAndOne);
        await RejectsTransactionAsync("1 to 100 operations", []);
        await RejectsTransactionAsync("one partition", [TableOperation.Insert(Row("p", "a")), TableOperation.Insert(Row("q", "b"))]);
        await RejectsTransactionAsync("once", [TableOperation.Insert(Row("p", "a")), TableOperation.Delete("p", "a", TableETag.Any)]);

        Assert.Empty(await ReadKeysAsync(TableQuery.All));
    }

    [SkippableFact]
    public async Task Transact_MoreThanFourMebibytes_IsAnArgumentException()
    {
        var text = new string('x', 32 * 1024);
        var operations = Enumerable.Range(0, 10).Select(number => TableOperation.Insert(
            new TableEntity("p", $"{number}").With(Enumerable.Range(0, 14).Select(i => KeyValuePair.Create($"P{i}", TableValue.From(text)))))).ToList();

        await RejectsTransactionAsync("Split it", operations);

        Assert.True((await Store.TransactAsync(Table, operations[..9])).IsDone);
    }

    [SkippableFact]
    public async Task Transact_ManyTasksMoveBetweenTwoRows_SumIsKept()
    {
        await Store.TransactAsync(Table, [TableOperation.Insert(Row("p", "a", 50)), TableOperation.Insert(Row("p", "b", 50))]);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < 5;)
            {
                var a = await Store.GetAsync(Table, "p", "a");
                var b = await Store.GetAsync(Table, "p", "b");
                var moved = await Store.TransactAsync(Table,
                [
                    TableOperation.UpdateReplace(a!.With("Number", a["Number"].AsInt32() - 1), a.ETag!),
                    TableOperation.UpdateReplace(b!.With("Number", b["Number"].AsInt32() + 1), b.ETag!),
                ]);
                if (moved.IsDone)
                    done++;
            }
        })));

        Assert.Equal(30, (await Store.GetAsync(Table, "p", "a"))!["Number"].AsInt32());
        Assert.Equal(70, (await Store.GetAsync(Table, "p", "b"))!["Number"].AsInt32());
    }

    private async Task RejectsTransactionAsync(string reason, IReadOnlyList<TableOperation> operations)
    {
        var breach = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.TransactAsync(Table, operations));
        Assert.Contains(reason, breach.Message, StringComparison.Ordinal);
    }
}
