using ServerlessRouter.Configuration;

namespace ServerlessRouter.Audit;

/// <summary>Who does something, and as part of what.</summary>
/// <param name="Admin">Who.</param>
/// <param name="RequestId">The request it comes with.</param>
/// <param name="Reason">Why, where the admin says so.</param>
public sealed record AdminAct(AdminModel Admin, string RequestId, string? Reason = null);
