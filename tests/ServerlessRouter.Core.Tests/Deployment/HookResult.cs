namespace ServerlessRouter.Core.Tests.Deployment;

/// <summary>How a hook ended and what it said.</summary>
internal sealed record HookResult(int ExitCode, string Output, string Error);
