namespace ServerlessRouter.Testing.Processes;

/// <summary>How a program ended, and what it printed.</summary>
public sealed record ProcessEnd(int ExitCode, string Output, string Errors);
