namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>In which ways of asking a scenario can happen.</summary>
[Flags]
public enum Ways
{
    Plain = 1,
    Streamed = 2,
    Both = Plain | Streamed,
}
