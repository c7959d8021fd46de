namespace ServerlessRouter.Logins;

/// <summary>Whose session it is.</summary>
/// <param name="Name">The name of an admin, or of a caller's key.</param>
/// <param name="IsAdmin">It is an admin's.</param>
public sealed record LoginHolder(string Name, bool IsAdmin);
