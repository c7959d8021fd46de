using System.Collections.Immutable;
using System.Security.Cryptography;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.State;

namespace ServerlessRouter.Keys;

/// <summary>Looks the peppers up: the one in use first, then those that keys issued earlier may still be under.</summary>
/// <param name="options">Where they are.</param>
/// <param name="rows">Keeps one, drawn at random, where the host names none.</param>
internal sealed class PepperSource(IssuedKeyOptions options, IssuedKeyRows rows)
{
    private const int DrawnBytes = 32;

    /// <summary>The peppers; empty where none is named and none was drawn yet. An exception tells why they cannot be looked up.</summary>
    public async ValueTask<ImmutableArray<KeyPepper>> FindAsync(CancellationToken cancellationToken)
    {
        var peppers = ImmutableArray.CreateBuilder<KeyPepper>();
        foreach (var reference in new[] { options.Pepper, options.PreviousPepper })
        {
            if (reference is not null)
                peppers.Add(new KeyPepper(await ResolveAsync(reference, cancellationToken).ConfigureAwait(false)));
        }

        // Keys that were issued before the host named a pepper stay what they are until they are used.
        if (await rows.FindPepperAsync(cancellationToken).ConfigureAwait(false) is { } drawn)
            peppers.Add(new KeyPepper(drawn));
        return peppers.ToImmutable();
    }

    /// <summary>The same, with one drawn where there is none.</summary>
    public async ValueTask<ImmutableArray<KeyPepper>> FindOrDrawAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken).ConfigureAwait(false) is { IsEmpty: false } known)
            return known;
        await rows.TryAddPepperAsync(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(DrawnBytes)), cancellationToken).ConfigureAwait(false);
        return await FindAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<string> ResolveAsync(string reference, CancellationToken cancellationToken)
    {
        var (secret, problem) = await LookAsync(reference, options.Secrets, cancellationToken).ConfigureAwait(false);
        return secret ?? throw new TableStoreUnavailableException($"The pepper of issued keys cannot be looked up: {problem}.");
    }

    public static async ValueTask<(string? Secret, string? Problem)> LookAsync(string written, IReadOnlyCollection<ISecretResolver> secrets, CancellationToken cancellationToken)
    {
        if (SecretReference.Parse(written) is not { Scheme: not SecretSchemes.Sha256 } reference)
            return (null, "says where the pepper is, and is not the pepper itself: write env:NAME or keyvault:NAME");
        var found = await ResolvedSecrets.ResolveAsync(reference, secrets, cancellationToken).ConfigureAwait(false);
        return found.Secret is { Length: < MinPepperLength }
            ? (null, $"{reference.Spoken} has fewer than {MinPepperLength} characters, which can be guessed; draw one, for example with: openssl rand -hex 32")
            : (found.Secret, found.Problem);
    }

    private const int MinPepperLength = 32;
}

/// <summary>How keys are issued.</summary>
public sealed record IssuedKeyOptions
{
    /// <summary>5 s: one read of one row, and a key that was taken away is refused everywhere before its thief has noticed.</summary>
    public static readonly TimeSpan DefaultRefreshInterval = TimeSpan.FromSeconds(5);

    /// <summary>5 minutes: a pepper that was changed comes into use soon, and the vault is not asked all the time.</summary>
    public static readonly TimeSpan DefaultSecretsInterval = TimeSpan.FromMinutes(5);

    /// <summary>30 s: a hundred thousand keys of a store that is far away.</summary>
    public static readonly TimeSpan DefaultTurnTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Where the pepper is that new keys are kept under: <c>env:NAME</c> or <c>keyvault:NAME</c>. Null: one is drawn at random and kept with the keys.</summary>
    public string? Pepper { get; init; }

    /// <summary>Where the pepper before it is, whose keys are kept under the new one when they are next used.</summary>
    public string? PreviousPepper { get; init; }

    /// <summary>Look the peppers up.</summary>
    public IReadOnlyCollection<ISecretResolver> Secrets { get; init; } = [];

    /// <summary>How soon every instance knows what was changed. Default: <see cref="DefaultRefreshInterval"/>.</summary>
    public TimeSpan RefreshInterval { get; init; } = DefaultRefreshInterval;

    /// <summary>How often the peppers are looked up again. Default: <see cref="DefaultSecretsInterval"/>.</summary>
    public TimeSpan SecretsInterval { get; init; } = DefaultSecretsInterval;

    /// <summary>How long one look at the store may take. Default: <see cref="DefaultTurnTimeout"/>.</summary>
    public TimeSpan TurnTimeout { get; init; } = DefaultTurnTimeout;

    /// <summary>What is wrong with where a pepper is, for the person who starts the router; null where nothing is.</summary>
    public async ValueTask<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        foreach (var reference in new[] { Pepper, PreviousPepper })
        {
            if (reference is not null && (await PepperSource.LookAsync(reference, Secrets, cancellationToken).ConfigureAwait(false)).Problem is { } problem)
                return problem;
        }

        return this is { Pepper: null, PreviousPepper: not null } ? "the one in place of the previous pepper is missing" : null;
    }
}
