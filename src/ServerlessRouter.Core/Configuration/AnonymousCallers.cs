namespace ServerlessRouter.Configuration;

/// <summary>What becomes of callers while a configuration has no keys.</summary>
public enum AnonymousCallers
{
    /// <summary>Everyone who reaches the router may call, as the anonymous tier: right where only this machine reaches it.</summary>
    Served,

    /// <summary>No caller is served until there are keys: right where others reach the router, because anyone could spend the team's money.</summary>
    Refused,
}
