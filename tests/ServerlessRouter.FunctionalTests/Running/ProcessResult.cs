namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>How a command ended, and what it printed.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error);
