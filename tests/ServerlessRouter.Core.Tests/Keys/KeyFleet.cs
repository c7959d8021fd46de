using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Admission;
using ServerlessRouter.Audit;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.Keys;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Keys;

/// <summary>Instances over one store, each with its own knowledge of the issued keys; a test takes their turns.</summary>
internal sealed class KeyFleet
{
    public static readonly AdminAct Owner = new(AdminModel.Owner, "r-admin");

    private readonly ITableStore _store;

    public KeyFleet(ITableStore? store = null, ManualTimeProvider? time = null)
    {
        Time = time ?? new ManualTimeProvider();
        _store = store ?? new MemoryTableStore(Time);
    }

    public ManualTimeProvider Time { get; }

    public AuditLog Audit => new(_store, Time);

    /// <summary>An instance that has taken its first turn.</summary>
    public async Task<KeyInstance> StartAsync(ConfigurationDraft? draft = null, IssuedKeyOptions? options = null)
    {
        var instance = new KeyInstance(await (draft ?? new ConfigurationDraft()).AcceptAsync(), options ?? new IssuedKeyOptions(), _store, Time);
        await instance.TurnAsync();
        return instance;
    }

    /// <summary>Peppers from an environment that the test writes.</summary>
    public static IssuedKeyOptions Peppers(Func<string, string?> variable, string? pepper, string? previous = null) => new()
    {
        Pepper = pepper, PreviousPepper = previous, Secrets = [new EnvironmentSecretResolver(variable)],
    };
}

/// <summary>One of them.</summary>
internal sealed class KeyInstance
{
    private static int _made;

    private readonly IssuedKeys _keys;
    private readonly ILimitLedger _limits;
    private readonly PeriodicStep _renew;

    public KeyInstance(RouterModel router, IssuedKeyOptions options, ITableStore store, TimeProvider time)
    {
        Models = new RouterModelSource(router);
        _keys = new IssuedKeys(options, store, time, NullLogger<IssuedKeys>.Instance);
        Models.Use(_keys);
        var limits = new LeasedLimits(store, new LeaseOptions(), $"instance-{Interlocked.Increment(ref _made)}", time, NullLogger<LeasedLimits>.Instance);
        Admin = new KeyAdministration(_keys, Models, new AuditLog(store, time), time, async cancellationToken => await _keys.Step.RunAsync(cancellationToken), limits.ReadAsync);
        (_limits, _renew) = (limits, limits.Renew);
    }

    public RouterModelSource Models { get; }

    public KeyAdministration Admin { get; }

    public IssuedKeys Keys => _keys;

    public async Task TurnAsync() => await _keys.Step.RunAsync(CancellationToken.None);

    /// <summary>Issues a key that must be issued.</summary>
    public async Task<(string Id, string Secret)> IssueAsync(string name, string terms = "{}", AdminAct? act = null)
    {
        var outcome = await TryIssueAsync(name, terms, act);
        Assert.Null(outcome.Error);
        return (outcome.Key!.Id, outcome.Secret!);
    }

    public async Task<KeyOutcome> TryIssueAsync(string name, string terms = "{}", AdminAct? act = null)
    {
        using var document = JsonDocument.Parse(terms);
        return await Admin.CreateAsync(act ?? KeyFleet.Owner, new KeyOrder(name, document.RootElement), CancellationToken.None);
    }

    public async Task<KeyOutcome> ChangeAsync(string id, string patch, AdminAct? act = null)
    {
        using var document = JsonDocument.Parse(patch);
        return await Admin.ChangeAsync(act ?? KeyFleet.Owner, id, new KeyOrder("", document.RootElement), CancellationToken.None);
    }

    /// <summary>Has a key spend so much of its budgets.</summary>
    public void Spend(string secret, decimal usd)
    {
        var caller = Call(secret).Caller!;
        _limits.Charge([.. caller.Limits.Where(static limit => limit.Measure == LimitMeasure.Money).Select(limit => new Claim(new LimitSubject(SubjectKind.Key, caller.Name), limit, (long)(usd * 1_000_000)))]);
    }

    /// <summary>What was spent is written, and what is held and not used is given back.</summary>
    public async Task SettleAsync() => await _renew.RunAsync(CancellationToken.None);

    /// <summary>Who calls with a key, or why not.</summary>
    public (CallerModel? Caller, RouterError? Error) Call(string secret)
    {
        var error = CallerIdentity.Find(Models.Current, new ListedHeaders(("authorization", $"Bearer {secret}")), out var caller);
        return (caller, error);
    }

    public void AssertAccepted(string secret, string name)
    {
        var (caller, error) = Call(secret);
        Assert.Null(error);
        Assert.Equal(name, caller!.Name);
    }

    public RouterError AssertRefused(string secret, RouterErrorCode code = RouterErrorCode.InvalidApiKey)
    {
        var (_, error) = Call(secret);
        Assert.Equal(code, error!.Code);
        Assert.DoesNotContain(secret, error.Message, StringComparison.Ordinal);
        return error;
    }
}
