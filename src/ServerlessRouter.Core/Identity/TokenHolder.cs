using ServerlessRouter.Configuration;

namespace ServerlessRouter.Identity;

/// <summary>Who holds a valid token.</summary>
/// <param name="Caller">The caller that its roles make; null where none does.</param>
/// <param name="Admin">The admin that its roles make; null where none does.</param>
/// <param name="ExpiresAt">When its token expires, in UTC.</param>
internal sealed record TokenHolder(CallerModel? Caller, AdminModel? Admin, DateTime ExpiresAt);

/// <summary>What is known of a token that was sent.</summary>
/// <param name="Holder">Whose it is; null where it is not accepted.</param>
/// <param name="Problem">Why it is not accepted, without a word of it; null where it is.</param>
internal readonly record struct TokenFinding(TokenHolder? Holder, string? Problem)
{
    /// <summary>Whether it is good cannot be told at present.</summary>
    public bool IsUndecided { get; init; }
}
