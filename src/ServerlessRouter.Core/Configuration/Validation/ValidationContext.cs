using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>What validators look at, and where they say what they found.</summary>
internal sealed record ValidationContext(RouterConfig Config, ResolvedSecrets Secrets, Findings Findings);
