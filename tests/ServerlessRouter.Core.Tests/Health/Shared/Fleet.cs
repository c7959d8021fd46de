using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Health.Shared;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Health.Shared;

/// <summary>Eight instances over one store, all with steady traffic to one deployment; the test moves the time.</summary>
internal sealed class Fleet
{
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan Refresh = new SharedHealthOptions { InstanceId = "any" }.RefreshInterval;
    private readonly List<(FleetMember Member, AttemptContext Attempt, TimeSpan EndsAt)> _open = [];
    private TimeSpan _elapsed;

    public Fleet(int seed = 1, double conflictShare = 0.2)
    {
        Store = new RoughStore(new MemoryTableStore(Time), new SeededRandomSource(seed)) { ConflictShare = conflictShare };
        var model = Given.Model("m");
        Members = [.. Enumerable.Range(0, 8).Select(number => new FleetMember($"instance-{number}", model, Store, Time))];
    }

    public ManualTimeProvider Time { get; } = new();

    public RoughStore Store { get; }

    public IReadOnlyList<FleetMember> Members { get; }

    /// <summary>Every call of the deployment fails.</summary>
    public bool IsDown { get; set; }

    /// <summary>How long a call takes.</summary>
    public TimeSpan CallTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Members that get no traffic and refresh no more, as if they had died.</summary>
    public HashSet<string> Dead { get; } = [];

    /// <summary>When calls were let through, and at whom.</summary>
    public List<(TimeSpan At, string Member)> Calls { get; } = [];

    /// <summary>Steady traffic for a while: every step each member would call; each refreshes in its own rhythm.</summary>
    public async Task RunAsync(TimeSpan length)
    {
        for (var until = _elapsed + length; _elapsed < until; _elapsed += Step)
        {
            await Task.WhenAll(Members.Where(IsDue).Select(member => Task.Run(member.SyncAsync)));
            foreach (var member in Members)
            {
                if (Dead.Contains(member.Name) || await member.BeginAsync() is not { } attempt)
                    continue;
                Calls.Add((_elapsed, member.Name));
                _open.Add((member, attempt, _elapsed + CallTime));
            }

            foreach (var (member, attempt, endsAt) in _open)
            {
                if (endsAt <= _elapsed && !Dead.Contains(member.Name))
                    member.End(attempt, IsDown);
            }

            _open.RemoveAll(call => call.EndsAt <= _elapsed);
            Time.Advance(Step);
        }
    }

    private bool IsDue(FleetMember member)
    {
        var offset = TimeSpan.FromMilliseconds(200 * (member.Name[^1] - '0'));
        return !Dead.Contains(member.Name) && (_elapsed - offset).Ticks % Refresh.Ticks == 0;
    }
}
