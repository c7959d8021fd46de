using ServerlessRouter.Configuration;

namespace ServerlessRouter.Identity;

/// <summary>
/// Knows callers and admins by the tokens that the configuration's issuer has given them, beside those that another ring knows by keys. The reader, and with it the libraries that read tokens, is made for the first token.
/// </summary>
internal sealed class TokenRing(SigningKeys signingKeys, IKeyRing? keys, TimeProvider time) : IKeyRing
{
    private readonly Lazy<TokenReader> _reader = new(() => new TokenReader(signingKeys, time));

    public DateTimeOffset Now => time.GetUtcNow();

    public bool HasKeys => keys?.HasKeys == true;

    public KeyFinding Find(RouterModel router, ReadOnlySpan<char> secret)
    {
        if (router.Entra is not { } entra || !TokenForm.Matches(secret))
            return keys?.Find(router, secret) ?? new KeyFinding(KeyState.Unknown);
        var found = _reader.Value.Read(entra, secret);
        return found switch
        {
            { Holder.Caller: { } caller } => new KeyFinding(KeyState.Known, caller),
            { Holder: not null } => new KeyFinding(KeyState.Unknown, Problem: "The token names no role that this router gives a tier to. The router's owner lists roles in 'entra.roles'; the owner of the application assigns them."),
            { IsUndecided: true } => new KeyFinding(KeyState.Undecided, Problem: found.Problem),
            _ => new KeyFinding(KeyState.Unknown, Problem: found.Problem),
        };
    }

    /// <summary>A token is not kept, so nothing tells what tier its holder would have today.</summary>
    public CallerModel? Recall(RouterModel router, string name) => keys?.Recall(router, name);

    public AdminModel? FindAdmin(RouterModel router, ReadOnlySpan<char> secret) =>
        router.Entra is { AdminRoles.Length: > 0 } entra && TokenForm.Matches(secret) ? _reader.Value.Read(entra, secret).Holder?.Admin : null;
}
