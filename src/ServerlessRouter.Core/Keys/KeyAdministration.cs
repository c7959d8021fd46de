using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Governance;

namespace ServerlessRouter.Keys;

/// <summary>Issues keys and changes what they may do: never more than the admin who does it, and never without a line in the audit log, which is written first.</summary>
/// <param name="keys">The keys.</param>
/// <param name="models">The configuration.</param>
/// <param name="audit">Is told of every change.</param>
/// <param name="time">The clock.</param>
/// <param name="follow">Lets this instance know a change now.</param>
/// <param name="read">Reads how a limit stands over all instances, from the store.</param>
public sealed class KeyAdministration(
    IssuedKeys keys, RouterModelSource models, AuditLog audit, TimeProvider time, Func<CancellationToken, Task> follow, Func<LimitSubject, LimitModel, CancellationToken, ValueTask<LimitStanding>> read)
{
    /// <summary>Another admin's change comes first; after so many times the answer is that there are too many.</summary>
    private const int MaxAttempts = 8;

    private const int SuffixBytes = 4;

    /// <summary>Names of a configuration that are looked up at once.</summary>
    private const int NamesAtOnce = 16;

    private static readonly string[] OwnMembers = ["name", "metadata"];

    private readonly AdminBounds _bounds = new(keys, models, new PastBudgets(keys, models, read, time));

    /// <summary>The longest time that a key is accepted beside the one that follows it.</summary>
    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(30);

    /// <summary>Issues a key.</summary>
    public async ValueTask<KeyOutcome> CreateAsync(AdminAct act, KeyOrder order, CancellationToken cancellationToken)
    {
        var router = models.Current;
        if (order.Name.Length == 0)
            return new KeyOutcome(Nameless(router, order.Terms));
        if (router.KeyTerms?.FindNameFault(order.Name) is { } fault)
            return new KeyOutcome(RouterError.InvalidRequest($"'name' {fault}.", "name"));
        if (router.CallersByKeyHash.Values.Any(caller => caller.Name == order.Name))
            return Taken(order.Name, "in the configuration");
        if (Check(router, order.Name, order.Terms, isNew: true, out var kept) is { } wrong)
            return new KeyOutcome(wrong);
        AuditLine? line = null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var count = await keys.Rows.FindCountAsync(cancellationToken).ConfigureAwait(false);
            if (await keys.Rows.FindByNameAsync(order.Name, cancellationToken).ConfigureAwait(false) is not null)
                return await EndAsync(line, Taken(order.Name, "already")).ConfigureAwait(false);
            if (await _bounds.FindExcessAsync(act.Admin, order.Name, kept, before: null, cancellationToken).ConfigureAwait(false) is { } exceeds)
                return await EndAsync(line, new KeyOutcome(exceeds)).ConfigureAwait(false);
            var pepper = await keys.FindPepperAsync(cancellationToken).ConfigureAwait(false);
            var (secret, now) = (IssuedKeyText.Create(), time.GetUtcNow());
            var key = new IssuedKey
            {
                Id = NewId(now), Name = order.Name, Terms = kept, Metadata = order.Metadata, CreatedAt = now, CreatedBy = act.Admin.Name, Current = new KeptDigest(pepper.Digest(secret), pepper.Id),
            };
            line ??= await BeginAsync(act, "key.create", key, null, key, cancellationToken).ConfigureAwait(false);
            var written = await keys.Rows.AddAsync(key, count, cancellationToken).ConfigureAwait(false);
            if (written == KeyWrite.Outrun)
                continue;
            var outcome = await EndAsync(line, written == KeyWrite.Done ? new KeyOutcome(key, secret) : Taken(order.Name, "already"), null, key).ConfigureAwait(false);
            await follow(cancellationToken).ConfigureAwait(false);
            return outcome;
        }

        return await EndAsync(line, new KeyOutcome(TooManyChanges)).ConfigureAwait(false);
    }

    /// <summary>The keys that an admin may see, from the newest, behind <paramref name="after"/>.</summary>
    public async ValueTask<(IReadOnlyList<IssuedKey> Keys, bool HasMore)> ListAsync(AdminModel admin, string? after, int limit, CancellationToken cancellationToken)
    {
        var page = new List<IssuedKey>();
        await foreach (var key in keys.Rows.ListAsync(after, cancellationToken).ConfigureAwait(false))
        {
            if (!IsVisible(admin, key))
                continue;
            if (page.Count == limit)
                return (page, true);
            page.Add(key);
        }

        return (page, false);
    }

    /// <summary>One key.</summary>
    public async ValueTask<KeyOutcome> FindAsync(AdminModel admin, string id, CancellationToken cancellationToken) =>
        await keys.Rows.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } key && IsVisible(admin, key) ? new KeyOutcome(key) : Unknown(id);

    /// <summary>Changes what a key may do: members that are written take the place of those there, and null takes one away.</summary>
    public ValueTask<KeyOutcome> ChangeAsync(AdminAct act, string id, KeyOrder order, CancellationToken cancellationToken) => ChangeAsync(
        act, "key.change", id,
        async key =>
        {
            if (Check(models.Current, key.Name, MergePatch.Apply(key.Terms, order.Terms), isNew: order.Terms.TryGetProperty("expires"u8, out _), out var kept) is { } wrong)
                return (null, wrong);
            if (await _bounds.FindExcessAsync(act.Admin, key.Name, kept, key, cancellationToken).ConfigureAwait(false) is { } exceeds)
                return (null, exceeds);
            return (key with { Terms = kept, Metadata = order.HasMetadata ? order.Metadata : key.Metadata }, null);
        },
        cancellationToken);

    /// <summary>Lets a key be accepted, or not.</summary>
    public ValueTask<KeyOutcome> SetDisabledAsync(AdminAct act, string id, bool isDisabled, CancellationToken cancellationToken) => ChangeAsync(
        act, isDisabled ? "key.disable" : "key.enable", id,
        async key =>
        {
            using var patch = JsonDocument.Parse(isDisabled ? """{"disabled":true}""" : """{"disabled":null}""");
            var merged = JsonSerializer.SerializeToUtf8Bytes(MergePatch.Apply(key.Terms, patch.RootElement), JsonElementContext.Default.JsonElement);
            return !isDisabled && await ExceedsAsync(act.Admin, key, merged, cancellationToken).ConfigureAwait(false) is { } exceeds ? (null, exceeds) : (key with { Terms = merged }, null);
        },
        cancellationToken);

    /// <summary>Gives a key another secret; the one before is accepted for a while longer.</summary>
    public async ValueTask<KeyOutcome> RotateAsync(AdminAct act, string id, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var pepper = await keys.FindPepperAsync(cancellationToken).ConfigureAwait(false);
        var secret = IssuedKeyText.Create();
        var outcome = await ChangeAsync(
            act, "key.rotate", id,
            async key =>
            {
                if (await ExceedsAsync(act.Admin, key, key.Terms, cancellationToken).ConfigureAwait(false) is { } exceeds)
                    return (null, exceeds);
                var now = time.GetUtcNow();
                var rotated = key with { Current = new KeptDigest(pepper.Digest(secret), pepper.Id), RotatedAt = now, Previous = null, PreviousUntil = default, OverlapsUntil = null };
                return (overlap == TimeSpan.Zero ? rotated : rotated with { Previous = key.Current, PreviousUntil = now + overlap, OverlapsUntil = now + overlap }, null);
            },
            cancellationToken).ConfigureAwait(false);
        return outcome.Error is null ? outcome with { Secret = secret } : outcome;
    }

    /// <summary>Takes a key away for good.</summary>
    public ValueTask<KeyOutcome> DeleteAsync(AdminAct act, string id, CancellationToken cancellationToken) =>
        ChangeAsync(act, "key.delete", id, static _ => new(((IssuedKey?, RouterError?))(null, null)), cancellationToken);

    /// <summary>The issued keys whose names a configuration gives to keys of its own.</summary>
    public async ValueTask<IReadOnlyList<(string Name, string Id)>> FindTakenAsync(RouterModel configuration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var taken = new List<(string Name, string Id)>();
        foreach (var names in configuration.CallersByKeyHash.Values.Select(static caller => caller.Name).Order(StringComparer.Ordinal).Chunk(NamesAtOnce))
        {
            var found = await Task.WhenAll(names.Select(name => keys.Rows.FindByNameAsync(name, cancellationToken).AsTask())).ConfigureAwait(false);
            taken.AddRange(found.OfType<IssuedKey>().Select(static key => (key.Name, key.Id)));
        }

        return taken;
    }

    /// <summary>The same, as problems of that configuration.</summary>
    public async ValueTask<ImmutableArray<ConfigurationProblem>> FindConflictsAsync(RouterModel configuration, CancellationToken cancellationToken)
    {
        var taken = await FindTakenAsync(configuration, cancellationToken).ConfigureAwait(false);
        return
        [
            .. taken.Select(static key => new ConfigurationProblem(
                $"keys.{key.Name}", $"has the name of a key that was issued ({key.Id}), and a name belongs to one key; choose another name, or delete that key first")),
        ];
    }

    /// <summary>Reads, changes and writes, again where another change came first; a change to nothing deletes.</summary>
    private async ValueTask<KeyOutcome> ChangeAsync(
        AdminAct act, string action, string id, Func<IssuedKey, ValueTask<(IssuedKey? Changed, RouterError? Error)>> change, CancellationToken cancellationToken)
    {
        AuditLine? line = null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var count = await keys.Rows.FindCountAsync(cancellationToken).ConfigureAwait(false);
            if (await keys.Rows.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } key || !IsVisible(act.Admin, key))
                return await EndAsync(line, Unknown(id)).ConfigureAwait(false);
            var (changed, error) = await change(key).ConfigureAwait(false);
            if (error is not null)
                return await EndAsync(line, new KeyOutcome(error)).ConfigureAwait(false);
            line ??= await BeginAsync(act, action, key, key, changed, cancellationToken).ConfigureAwait(false);
            var left = await _bounds.Past.LeftBehindAsync(key, changed, cancellationToken).ConfigureAwait(false);
            var written = changed is null
                ? await keys.Rows.DeleteAsync(key, count, left, cancellationToken).ConfigureAwait(false)
                : await keys.Rows.ReplaceAsync(changed, count, left, cancellationToken).ConfigureAwait(false);
            if (written != KeyWrite.Done)
                continue;
            var outcome = await EndAsync(line, new KeyOutcome(changed ?? key), key, changed).ConfigureAwait(false);
            await follow(cancellationToken).ConfigureAwait(false);
            return outcome;
        }

        return await EndAsync(line, new KeyOutcome(TooManyChanges)).ConfigureAwait(false);
    }

    /// <summary>Mostly the name was written under another, which is told beside it.</summary>
    private static RouterError Nameless(RouterModel router, JsonElement terms)
    {
        const string missing = "'name' must be a text: what usage, limits and messages call the holder of the key.";
        var others = router.KeyTerms?.Check(terms, OwnMembers, out _) ?? [];
        return RouterError.InvalidRequest(others.IsEmpty ? missing : string.Join('\n', others.Select(static problem => problem.ToString()).Prepend(missing)), "name");
    }

    private RouterError? Check(RouterModel router, string name, JsonElement terms, bool isNew, out byte[] kept)
    {
        kept = [];
        if (router.KeyTerms is not { } known)
            return new RouterError(RouterErrorCode.NotFound, "This router issues no keys.");
        var problems = known.Check(terms, OwnMembers, out kept);
        if (problems is [var only])
            return RouterError.InvalidRequest(only.ToString(), only.Path);
        if (problems.Length > 0)
            return RouterError.InvalidRequest(string.Join('\n', problems.Select(static problem => problem.ToString()).Prepend($"The key has {Counted.Of(problems.Length, "error")}:")), problems[0].Path);
        return isNew && known.Find(name, kept)!.ExpiresAt is { } end && end <= time.GetUtcNow()
            ? RouterError.InvalidRequest("expires: is in the past, so the key would never be accepted", "expires")
            : null;
    }

    /// <summary>What is to be accepted, or goes on being accepted, is within its admin's bounds as they are today.</summary>
    private ValueTask<RouterError?> ExceedsAsync(AdminModel admin, IssuedKey key, ReadOnlyMemory<byte> terms, CancellationToken cancellationToken) =>
        _bounds.FindExcessAsync(admin, key.Name, terms, key, cancellationToken);

    private static bool IsVisible(AdminModel admin, IssuedKey key) => admin.Role == AdminRole.Admin || key.CreatedBy == admin.Name;

    private ValueTask<AuditLine> BeginAsync(AdminAct act, string action, IssuedKey subject, IssuedKey? before, IssuedKey? after, CancellationToken cancellationToken) =>
        audit.BeginAsync(act, action, subject.Name, TextOf(before), TextOf(after), cancellationToken);

    /// <summary>The outcome, which is told of where a line was begun.</summary>
    private async ValueTask<KeyOutcome> EndAsync(AuditLine? line, KeyOutcome outcome, IssuedKey? before = null, IssuedKey? after = null)
    {
        var isDone = outcome.Error is null;
        if (line is { } begun)
            await audit.EndAsync(begun, isDone, isDone ? TextOf(before) : null, isDone ? TextOf(after) : null).ConfigureAwait(false);
        return outcome;
    }

    private static string? TextOf(IssuedKey? key) => key is null ? null : IssuedKeyJson.TextOf(key);

    /// <summary>Newer ones come first in the order of their names.</summary>
    private static string NewId(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"key_{(1L << 44) - 1 - now.ToUnixTimeMilliseconds():x11}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SuffixBytes))}");

    private static KeyOutcome Taken(string name, string where) =>
        new(new RouterError(RouterErrorCode.Conflict, $"There is a key '{name}' {where}. A name belongs to one key; choose another one.") { Param = "name" });

    private static KeyOutcome Unknown(string id) =>
        new(new RouterError(RouterErrorCode.NotFound, $"There is no key of the id '{(id.Length <= MaxShownId ? id : string.Concat(id.AsSpan(0, MaxShownId), "…"))}'. GET /v1/admin/keys lists those there are.") { Param = "id" });

    private const int MaxShownId = 64;

    private static RouterError TooManyChanges => new(RouterErrorCode.TemporarilyUnavailable, "Keys are changed by others at the same time, over and over. Nothing was changed; try again.");
}
