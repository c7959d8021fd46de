using System.Collections.Frozen;

namespace ServerlessRouter.Configuration;

/// <summary>An admin: the holder of an admin key.</summary>
/// <param name="Name">What the audit log calls it, and the keys it issues.</param>
/// <param name="Role">What it may do.</param>
public sealed record AdminModel(string Name, AdminRole Role)
{
    /// <summary>The name of <see cref="Owner"/>, which no other admin may have.</summary>
    public const string OwnerName = "admin";

    /// <summary>Who holds the admin key that the router was started with.</summary>
    public static readonly AdminModel Owner = new(OwnerName, AdminRole.Admin);

    /// <summary>The tiers its keys may have; null is all of them.</summary>
    public FrozenSet<string>? Tiers { get; init; }

    /// <summary>What the budgets of its keys may come to; null is unbounded.</summary>
    public AdminBudget? Budget { get; init; }
}

/// <summary>What an admin may do.</summary>
public enum AdminRole
{
    /// <summary>Everything.</summary>
    Admin,

    /// <summary>Issue keys, and change those it has issued.</summary>
    Keys,
}

/// <summary>The names <c>adminKeys.*.role</c> may have.</summary>
public static class AdminRoles
{
    public const string Admin = "admin";
    public const string Keys = "keys";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Admin, Keys];
}

/// <summary>What the budgets of an admin's keys may come to in each period.</summary>
/// <param name="Micros">In millionths of a USD.</param>
/// <param name="Per">The name of the period.</param>
/// <param name="Window">The period.</param>
public sealed record AdminBudget(long Micros, string Per, LimitWindow Window);
