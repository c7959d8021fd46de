using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Testing.Suites;

public abstract partial class TableStoreSuite
{
    [SkippableTheory]
    [InlineData("ab")]
    [InlineData("1abc")]
    [InlineData("with-dash")]
    [InlineData("with_underscore")]
    [InlineData("umläut")]
    [InlineData("Tables")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123")]
    public async Task Table_BadName_IsAnArgumentExceptionEverywhere(string table)
    {
        await RejectsAsync(table, async () => await Store.WriteAsync(table, TableOperation.Insert(Row("p", "r"))));
        await RejectsAsync(table, async () => await Store.TransactAsync(table, [TableOperation.Insert(Row("p", "r"))]));
        await RejectsAsync(table, async () => await Store.GetAsync(table, "p", "r"));
        await RejectsAsync(table, async () => await Store.QueryPageAsync(table, TableQuery.All));
    }

    [SkippableTheory]
    [InlineData("a/b", "U+002F")]
    [InlineData("a\\b", "U+005C")]
    [InlineData("a#b", "U+0023")]
    [InlineData("a?b", "U+003F")]
    [InlineData("a\tb", "U+0009")]
    [InlineData("a\u0085b", "U+0085")]
    public async Task Key_ForbiddenCharacter_IsAnArgumentExceptionThatNamesIt(string key, string reason)
    {
        await RejectsAsync(reason, async () => await Store.WriteAsync(Table, TableOperation.Insert(Row(key, "r"))));
        await RejectsAsync(reason, async () => await Store.WriteAsync(Table, TableOperation.Delete("p", key, TableETag.Any)));
        await RejectsAsync(reason, async () => await Store.GetAsync(Table, "p", key));
    }

    [SkippableFact]
    public async Task Key_HalfASurrogatePair_IsAnArgumentException() =>
        await RejectsAsync("surrogate", async () => await Store.WriteAsync(Table, TableOperation.Insert(Row("p", "a\uD800b"))));

    [SkippableFact]
    public async Task Key_OneKibibyte_IsTheMost()
    {
        var longest = new string('k', TableLimits.KeyCharacters);

        await InsertAsync(longest, longest);

        Assert.NotNull(await Store.GetAsync(Table, longest, longest));
        await RejectsAsync("513 characters", async () => await Store.WriteAsync(Table, TableOperation.Insert(Row(longest + "k", "r"))));
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("with-dash")]
    [InlineData("with.dot")]
    [InlineData("PartitionKey")]
    [InlineData("Timestamp")]
    public async Task Property_BadName_IsAnArgumentException(string name) =>
        await RejectsAsync("property name", async () => await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "r") { [name] = 1 })));

    [SkippableFact]
    public async Task Property_SixtyFourKibibytes_IsTheMost()
    {
        var fits = new TableEntity("p", "r") { ["Text"] = new string('é', 32 * 1024), ["Bytes"] = new byte[64 * 1024] };

        Assert.True((await Store.WriteAsync(Table, TableOperation.Insert(fits))).IsDone);

        Assert.Equal(fits.Properties, (await Store.GetAsync(Table, "p", "r"))!.Properties);
        await RejectsAsync("'Text'", async () => await Store.WriteAsync(Table, TableOperation.UpsertMerge(fits.With("Text", new string('é', (32 * 1024) + 1)))));
        await RejectsAsync("'Bytes'", async () => await Store.WriteAsync(Table, TableOperation.UpsertMerge(fits.With("Bytes", new byte[(64 * 1024) + 1]))));
    }

    [SkippableFact]
    public async Task Property_NoValueOrBeforeItsRange_IsAnArgumentException()
    {
        await RejectsAsync("'Gone'", async () => await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "r") { ["Gone"] = default })));
        await RejectsAsync("'Time'", async () => await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "r") { ["Time"] = DateTimeOffset.MinValue })));
        await RejectsAsync("'Text'", async () => await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "r") { ["Text"] = "\uDC00" })));
    }

    [SkippableFact]
    public async Task Entity_TwoHundredFiftyTwoProperties_IsTheMost()
    {
        var fits = new TableEntity("p", "r").With(Numbers(0, 252));

        Assert.True((await Store.WriteAsync(Table, TableOperation.Insert(fits))).IsDone);

        await RejectsAsync("252", async () => await Store.WriteAsync(Table, TableOperation.UpsertReplace(fits.With("Extra", 1))));
    }

    [SkippableFact]
    public virtual async Task Entity_MergeBeyondTwoHundredFiftyTwoProperties_IsAnArgumentExceptionAndChangesNothing()
    {
        await Store.WriteAsync(Table, TableOperation.Insert(new TableEntity("p", "r").With(Numbers(0, 200))));

        await Assert.ThrowsAnyAsync<ArgumentException>(async () =>
            await Store.WriteAsync(Table, TableOperation.UpsertMerge(new TableEntity("p", "r").With(Numbers(200, 53)))));

        Assert.Equal(200, (await Store.GetAsync(Table, "p", "r"))!.Properties.Count);
    }

    [SkippableFact]
    public async Task Entity_MoreThanOneMebibyte_IsAnArgumentException()
    {
        var bytes = new byte[64 * 1024];
        var row = new TableEntity("p", "r").With(Enumerable.Range(0, 15).Select(i => KeyValuePair.Create($"P{i}", TableValue.From(bytes))));

        Assert.True((await Store.WriteAsync(Table, TableOperation.Insert(row))).IsDone);

        await RejectsAsync("1048576", async () => await Store.WriteAsync(Table, TableOperation.UpsertReplace(row.With("P15", bytes))));
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task Query_PageSizeOutOfRange_IsAnArgumentException(int pageSize) =>
        await RejectsAsync("1 to 1000", async () => await Store.QueryPageAsync(Table, TableQuery.All with { PageSize = pageSize }));

    [SkippableTheory]
    [InlineData("property name", "A,1st")]
    [InlineData("property name", "PartitionKey")]
    [InlineData("1 to 252", null)]
    public async Task Query_PropertiesThatNoRowCanHave_IsAnArgumentException(string reason, string? names) =>
        await RejectsAsync(reason, async () => await Store.QueryPageAsync(Table, TableQuery.All with { Properties = names?.Split(',') ?? [] }));

    private static IEnumerable<KeyValuePair<string, TableValue>> Numbers(int from, int count) =>
        Enumerable.Range(from, count).Select(i => KeyValuePair.Create($"P{i}", TableValue.From(i)));

    private static async Task RejectsAsync(string reason, Func<Task> act)
    {
        var breach = await Assert.ThrowsAnyAsync<ArgumentException>(act);
        Assert.Contains(reason, breach.Message, StringComparison.Ordinal);
    }
}
