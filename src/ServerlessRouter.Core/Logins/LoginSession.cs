namespace ServerlessRouter.Logins;

/// <summary>A session that goes on.</summary>
/// <param name="Holder">Whose it is.</param>
/// <param name="Key">The key that was shown at the login. The session stands for it: what the key may not any more, the session may not.</param>
/// <param name="ExpiresAt">When it ends.</param>
public sealed record LoginSession(LoginHolder Holder, string Key, DateTimeOffset ExpiresAt)
{
    /// <summary>The holder alone: a key must not end in a log.</summary>
    public override string ToString() => Holder.ToString();
}

/// <summary>The session that was looked for, or why it was not.</summary>
/// <param name="Session">Null where there is none, or an error.</param>
/// <param name="Error">What to tell; another try can help.</param>
public readonly record struct LoginReading(LoginSession? Session, Errors.RouterError? Error);
