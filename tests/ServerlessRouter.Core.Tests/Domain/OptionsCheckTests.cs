using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Jobs;
using ServerlessRouter.Health;
using ServerlessRouter.Health.Shared;
using ServerlessRouter.Jobs;
using ServerlessRouter.Recording;
using ServerlessRouter.Recording.Records;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Domain;

/// <summary>What a host that sets an option to what cannot be is told.</summary>
public sealed class OptionsCheckTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Health_SeveralThatCannotBe_NamesEachWithItsValueAndWhatIsAllowed()
    {
        var options = new HealthOptions { MinimumSample = 0, FailureShare = 1.5, OutageFirst = TimeSpan.FromMinutes(3), Refused = TimeSpan.Zero };

        Assert.Equal(
            [
                "HealthOptions.MinimumSample is 0; it must be at least 1.",
                "HealthOptions.FailureShare is 1.5; it must be above 0 and at most 1.",
                "HealthOptions.OutageFirst is 00:03:00; it must be at most OutageLongest, which is 00:02:00.",
                "HealthOptions.Refused is 00:00:00; it must be above 00:00:00 and at most 45.00:00:00.",
            ],
            RefusedBy(() => new HealthRegistry(options, _time)));
    }

    [Fact]
    public void SharedHealth_LeaseNoLongerThanTheRefresh_IsRefused()
    {
        var options = new SharedHealthOptions { InstanceId = "one", ProbeLease = TimeSpan.FromSeconds(2) };

        Assert.Equal(
            ["SharedHealthOptions.RefreshInterval is 00:00:02; it must be below ProbeLease, which is 00:00:02."],
            RefusedBy(() => new SharedHealth(new MemoryTableStore(_time), new HealthRegistry(new HealthOptions(), _time), options, _time, NullLogger<SharedHealth>.Instance)));
    }

    [Fact]
    public void Jobs_LeaseThatEndsBeforeItIsRenewed_IsRefused() => Assert.Equal(
        [
            "JobOptions.LeaseRenewal is 00:00:20; it must be below ItemLease, which is 00:00:10.",
            "JobOptions.DeliveryWaits[1] is -00:00:01; it must be above 00:00:00 and at most 45.00:00:00.",
        ],
        RefusedBy(static () => new JobScene(new JobOptions { ItemLease = TimeSpan.FromSeconds(10), DeliveryWaits = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(-1)] })));

    [Fact]
    public void Usage_KeptForFewerDaysThanByTheHour_IsRefused() => Assert.Equal(
        ["UsageOptions.HourlyDays is 35; it must be at most KeptDays, which is 30.", "UsageOptions.PageSize is 2000; it must be from 1 to 1000."],
        RefusedBy(() => Books(new AccountingOptions { Usage = new UsageOptions { KeptDays = 30, PageSize = 2000 } })));

    [Fact]
    public void Records_NoRoom_IsRefused() =>
        Assert.Equal(["RecordOptions.Capacity is 0; it must be at least 1."], RefusedBy(() => Books(new AccountingOptions { Records = new RecordOptions { Capacity = 0 } })));

    [Fact]
    public void GuardedStore_NoCallAllowed_IsRefused()
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(
            () => new GuardedTableStore(new MemoryTableStore(_time), new GuardedTableStoreOptions { MaxCalls = 0 }, _time, NullLogger<GuardedTableStore>.Instance));

        Assert.StartsWith("GuardedTableStoreOptions.MaxCalls ('0') must be greater than or equal to '1'.", refusal.Message, StringComparison.Ordinal);
    }

    private Accounting Books(AccountingOptions options) => new(
        new MemoryTableStore(_time), new RouterModelSource(new RouterBuilder().Model("mini").Build()), options, _time, new SeededRandomSource(1), NullLoggerFactory.Instance);

    private static string[] RefusedBy(Func<object> make) => Assert.Throws<ArgumentException>(make).Message.Split(Environment.NewLine);
}
