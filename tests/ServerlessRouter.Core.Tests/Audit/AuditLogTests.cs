using ServerlessRouter.Audit;
using ServerlessRouter.Core.Tests.Keys;
using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Errors;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Audit;

/// <summary>Who changed what, and what became of it.</summary>
public sealed class AuditLogTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Line_IsThereBeforeTheChange_AndLearnsItsOutcomeBehind()
    {
        var log = new AuditLog(new MemoryTableStore(_time), _time);
        var done = await log.BeginAsync(KeyFleet.Owner, "key.change", "one", """{"n":1}""", """{"n":2}""", CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        var outrun = await log.BeginAsync(KeyFleet.Owner, "key.change", "two", null, null, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        await log.BeginAsync(KeyFleet.Owner, "key.change", "three", null, null, CancellationToken.None);
        await log.EndAsync(done, isDone: true, """{"n":7}""");
        await log.EndAsync(outrun, isDone: false);

        var lines = await ReadAsync(log);

        Assert.Equal([("three", "unknown"), ("two", "not_done"), ("one", "done")], lines.Select(static line => (line.Subject, line.Outcome)));
        Assert.Equal(("""{"n":7}""", """{"n":2}"""), (lines[2].Before, lines[2].After));
    }

    [Fact]
    public async Task Line_WhoseOutcomeCannotBeWritten_StaysUnknown_AndTheChangeIsNotUndone()
    {
        var store = new ScriptedStore(new MemoryTableStore(_time));
        var log = new AuditLog(store, _time);
        var line = await log.BeginAsync(KeyFleet.Owner, "key.delete", "one", null, null, CancellationToken.None);
        store.Answer = static _ => throw new TableStoreUnavailableException("away");

        await log.EndAsync(line, isDone: true);

        store.Answer = null;
        Assert.Equal(AuditOutcomes.Unknown, Assert.Single(await ReadAsync(log)).Outcome);
    }

    /// <summary>The other creation takes place before each call to the store that the first one makes, one after the other.</summary>
    [Fact]
    public async Task TwoCreationsOfOneName_WhereverTheyMeet_OneIsToldAsDone()
    {
        for (var place = 1; ; place++)
        {
            var store = new ScriptedStore(new MemoryTableStore(TimeProvider.System));
            var fleet = new KeyFleet(store);
            var (here, there) = (await fleet.StartAsync(), await fleet.StartAsync());
            var (calls, hasOther) = (store.Calls, false);
            store.Answer = async _ =>
            {
                if (store.Calls - calls != place)
                    return;
                store.Answer = null;
                hasOther = (await there.TryIssueAsync("search")).Error is null;
            };

            var own = await here.TryIssueAsync("search");
            store.Answer = null;

            var lines = await ReadAsync(fleet.Audit);
            Assert.Single(lines, static line => line.Outcome == AuditOutcomes.Done);
            Assert.DoesNotContain(lines, static line => line.Outcome == AuditOutcomes.Unknown);
            if (own.Error is null)
            {
                Assert.True(place > 4, $"The creation made {place - 1} calls.");
                break;
            }

            Assert.True(hasOther);
            Assert.Equal(RouterErrorCode.Conflict, own.Error.Code);
        }
    }

    [Fact]
    public async Task Lines_PastTheirDays_AreErased()
    {
        var log = new AuditLog(new MemoryTableStore(_time), _time);
        await log.WriteAsync("search", "file.delete", "file-1", "r-1", CancellationToken.None);
        _time.Advance(TimeSpan.FromDays(60));
        await log.WriteAsync("search", "file.delete", "file-2", "r-2", CancellationToken.None);

        await log.EraseAsync(100, CancellationToken.None);
        Assert.Equal(2, (await ReadAsync(log)).Count);
        _time.Advance(TimeSpan.FromDays(50));
        await log.EraseAsync(100, CancellationToken.None);

        Assert.Equal(("file-2", "search", "done"), await ReadAsync(log) is [var line] ? (line.Subject, line.Who, line.Outcome) : default);
    }

    private static async Task<List<AuditEntry>> ReadAsync(AuditLog log)
    {
        var lines = new List<AuditEntry>();
        await foreach (var line in log.ReadAsync(null, CancellationToken.None))
            lines.Add(line);
        return lines;
    }
}
