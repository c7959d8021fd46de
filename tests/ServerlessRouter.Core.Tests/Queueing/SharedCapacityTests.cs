using System.Threading.Tasks.Sources;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Core.Tests.Governance.Leases;
using ServerlessRouter.Governance;
using ServerlessRouter.Queueing;
using ServerlessRouter.Testing.Chance;
using Xunit;
using Xunit.Abstractions;

namespace ServerlessRouter.Core.Tests.Queueing;

/// <summary>Several instances over one store keep together to what a deployment is configured to take. All on one thread, in the order of time.</summary>
public sealed class SharedCapacityTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly LimitWorld _world = new();
    private readonly SeededRandomSource _random = new(7);
    private readonly List<Running> _running = [];
    private int _ticks;

    [Theory]
    [InlineData(2, 4)]
    [InlineData(3, 4)]
    [InlineData(8, 4)]
    [InlineData(4, 1)]
    public async Task Slots_OfBusyInstances_AreNeverTakenTwice_AndGoRound(int instances, int slots)
    {
        var members = await StartAsync(instances, Deployment(concurrent: slots));
        await ServeAsync(members, TimeSpan.FromMinutes(2));
        members.ForEach(static member => member.Served = 0);
        var most = await ServeAsync(members, TimeSpan.FromMinutes(10));

        var total = members.Sum(static member => member.Served);
        output.WriteLine($"{instances} instances, {slots} slots: {total} calls ({string.Join(' ', members.Select(static member => member.Served))}), at most {most} at once, {members.Sum(static member => member.Instance.Store.Calls)} calls to the store");
        Assert.InRange(most, 1, slots);
        // A call takes 1.25 s on average.
        Assert.InRange(total, 600 / 1.25 * slots * 0.5, 600 / 1.25 * slots * 1.1);
        Assert.All(members, member => Assert.InRange(member.Served, total / instances * 0.4, total));
    }

    /// <summary>The first one learns of the second with its next look at who is there.</summary>
    [Fact]
    public async Task Slots_WhenASecondInstanceBegins_AreNotTakenTwice()
    {
        await using var first = new Member(await _world.StartAsync("first"), Deployment(concurrent: 4));
        await ServeAsync([first], TimeSpan.FromSeconds(7));
        await using var second = new Member(await _world.StartAsync("second"), Deployment(concurrent: 4));

        Assert.Equal(4, await ServeAsync([first, second], TimeSpan.FromMinutes(1)));
        Assert.NotEqual(0, second.Served);
    }

    [Fact]
    public async Task Slots_WhileTheOthersAreIdle_AreAllForTheBusyOne()
    {
        var members = await StartAsync(4, Deployment(concurrent: 8));
        await ServeAsync([members[0]], TimeSpan.FromMinutes(1), members);
        members[0].Served = 0;
        var most = await ServeAsync([members[0]], TimeSpan.FromMinutes(5), members);

        Assert.Equal(8, most);
        Assert.InRange(members[0].Served, 300 / 1.25 * 8 * 0.8, 300 / 1.25 * 8 * 1.1);
    }

    [Fact]
    public async Task Slots_OfAnInstanceThatCrashed_ComeBackWithinMinutes()
    {
        var members = await StartAsync(2, Deployment(concurrent: 4));
        await ServeAsync([members[0]], TimeSpan.FromSeconds(20), members);
        Assert.Equal(4, _running.Count);

        _running.Clear();
        var rest = new List<Member> { members[1] };
        await ServeAsync(rest, TimeSpan.FromMinutes(3));
        var most = await ServeAsync(rest, TimeSpan.FromMinutes(1));

        Assert.Equal(4, most);
    }

    [Fact]
    public async Task Slots_WhileTheStoreIsAway_AreEachInstancesOwn()
    {
        var members = await StartAsync(2, Deployment(concurrent: 4));
        await ServeAsync(members, TimeSpan.FromMinutes(1));
        members.ForEach(static member => member.Instance.Store.IsDown = true);
        await ServeAsync(members, TimeSpan.FromMinutes(1));

        Assert.Equal(8, await ServeAsync(members, TimeSpan.FromMinutes(1)));

        members.ForEach(static member => member.Instance.Store.IsDown = false);
        await ServeAsync(members, TimeSpan.FromMinutes(3));
        Assert.InRange(await ServeAsync(members, TimeSpan.FromMinutes(1)), 1, 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task RequestsAMinute_OfAllInstances_StayWithinTheBound(int instances)
    {
        const int PerMinute = 600;
        var members = await StartAsync(instances, Deployment(perMinute: PerMinute));
        var calls = members.Sum(static member => member.Instance.Store.Calls);
        var perMinute = new List<int>();
        for (var minute = 0; minute < 5; minute++)
        {
            members.ForEach(static member => member.Served = 0);
            await ServeAsync(members, TimeSpan.FromMinutes(1));
            perMinute.Add(members.Sum(static member => member.Served));
        }

        calls = members.Sum(static member => member.Instance.Store.Calls) - calls;
        output.WriteLine($"{instances} instances: {string.Join(' ', perMinute)} calls a minute, {calls / (double)perMinute.Sum():0.000} calls to the store for each");
        Assert.All(perMinute, sent => Assert.InRange(sent, PerMinute * 0.8, PerMinute + (instances * ((PerMinute * 0.02) + 1))));
        Assert.InRange(calls / (double)perMinute.Sum(), 0, 1);
    }

    /// <summary>The caller goes through the calls that wait meanwhile, and must not be made to begin again.</summary>
    [Fact]
    public async Task Take_WhenTheStoreAnswersAtThatMoment_LooksAgainOnAnotherThread()
    {
        await using var shared = new SharedCapacity(new SlowLedger(new ValueTask<ClaimOutcome>(new AnswerAtTheSecondLook(), 0)), new LeaseDemandOfNone());
        var lookedAgain = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var caller = Thread.CurrentThread;

        Assert.False(shared.TryTake(Deployment(concurrent: 1), 0, () => lookedAgain.TrySetResult(Thread.CurrentThread == Volatile.Read(ref caller)), out _));
        Volatile.Write(ref caller, null);

        Assert.False(await lookedAgain.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Dispose_AfterAQuestionThatFailed_EndsAsUsual()
    {
        var answer = new TaskCompletionSource<ClaimOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var shared = new SharedCapacity(new SlowLedger(new ValueTask<ClaimOutcome>(answer.Task)), new LeaseDemandOfNone());
        Assert.False(shared.TryTake(Deployment(concurrent: 1), 0, static () => { }, out _));

        var disposing = shared.DisposeAsync();
        Assert.False(disposing.IsCompleted);
        answer.SetException(new IOException("The connection was reset."));

        await disposing.AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Each of these instances always has calls that wait; how many were under way at most.</summary>
    private async Task<int> ServeAsync(List<Member> busy, TimeSpan time, List<Member>? all = null)
    {
        var most = 0;
        for (var passed = TimeSpan.Zero; passed < time; passed += Tick, _ticks++)
        {
            _world.Time.Advance(Tick);
            foreach (var ended in _running.Where(call => call.EndsAt <= _world.Time.GetUtcNow()).ToList())
            {
                _running.Remove(ended);
                ended.Room.GiveBack(wasSent: true);
            }

            foreach (var member in all ?? busy)
                await member.TurnAsync(_ticks);
            foreach (var member in busy.OrderBy(_ => _random.NextDouble()))
            {
                for (var tries = 0; tries < 4 && member.TryTake(out var room); tries++)
                    _running.Add(new Running(room, _world.Time.GetUtcNow() + TimeSpan.FromSeconds(0.5 + (1.5 * _random.NextDouble()))));
            }

            most = Math.Max(most, _running.Count);
        }

        return most;
    }

    private async Task<List<Member>> StartAsync(int count, DeploymentModel deployment)
    {
        var instances = await _world.StartAsync(count);
        return [.. instances.Select(instance => new Member(instance, deployment))];
    }

    private static DeploymentModel Deployment(int? concurrent = null, int? perMinute = null) =>
        new() { Id = "vllm/m", Index = 0, Name = "m", Provider = Given.Deployment("p").Provider, ConcurrentRequests = concurrent, RequestsPerMinute = perMinute };

    /// <summary>Grants what it is asked for, when a test says so.</summary>
    private sealed class SlowLedger(ValueTask<ClaimOutcome> answer) : ILimitLedger
    {
        public ValueTask<ClaimOutcome> ReserveAsync(IReadOnlyList<Claim> claims, CancellationToken cancellationToken) => answer;

        public void Charge(IReadOnlyList<Claim> used)
        {
        }

        public LimitStanding Look(LimitSubject subject, LimitModel limit) => new(limit.Amount, 0, 0, null);
    }

    /// <summary>No store is away, and no other instance wants anything.</summary>
    private sealed class LeaseDemandOfNone : ILimitDemand
    {
        public bool IsStoreAway => false;

        public void Want(LimitSubject subject)
        {
        }

        public int ShareOf(LimitSubject subject, int amount) => amount;
    }

    /// <summary>A reservation that comes between two looks at it.</summary>
    private sealed class AnswerAtTheSecondLook : IValueTaskSource<ClaimOutcome>, ILimitReservation
    {
        private int _looks;

        public ClaimOutcome GetResult(short token) => new(this, null);

        public ValueTaskSourceStatus GetStatus(short token) => _looks++ == 0 ? ValueTaskSourceStatus.Pending : ValueTaskSourceStatus.Succeeded;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => continuation(state);

        public void Settle(ReadOnlySpan<long> used)
        {
        }
    }

    private sealed record Running(Room Room, DateTimeOffset EndsAt);

    private sealed class Room(SlotCount? slots, SharedLease? lease)
    {
        public void GiveBack(bool wasSent)
        {
            lease?.Settle(wasSent, 0);
            slots?.Release();
        }
    }

    private sealed class Member : IAsyncDisposable
    {
        private readonly DeploymentModel _deployment;
        private readonly SharedCapacity _shared;
        private readonly DeploymentSlots _slots;

        public Member(LimitInstance instance, DeploymentModel deployment)
        {
            (Instance, _deployment) = (instance, deployment);
            _shared = new SharedCapacity(instance.Limits, instance.Limits.Demand);
            _slots = new DeploymentSlots(_shared);
        }

        public LimitInstance Instance { get; }

        public ValueTask DisposeAsync() => _shared.DisposeAsync();

        public int Served { get; set; }

        /// <summary>The turns of its steps, when they are due.</summary>
        public async Task TurnAsync(int tick)
        {
            try
            {
                if (tick % 20 == 0)
                    await Instance.Limits.RenewAsync(CancellationToken.None);
                if (tick % 50 == 0)
                    await Instance.Limits.KeepPresentAsync(CancellationToken.None);
            }
            catch (ServerlessRouter.State.TableStoreUnavailableException)
            {
            }
        }

        public bool TryTake(out Room room)
        {
            room = null!;
            SlotCount? slots = null;
            if (_deployment.ConcurrentRequests is { } most && (slots = _slots.Take(_deployment, _shared.SlotsOf(_deployment, most))) is null)
            {
                _shared.Want(_deployment);
                return false;
            }

            if (!_shared.TryTake(_deployment, 0, static () => { }, out var lease))
            {
                slots?.Release();
                return false;
            }

            Served++;
            room = new Room(slots, lease);
            return true;
        }
    }
}
