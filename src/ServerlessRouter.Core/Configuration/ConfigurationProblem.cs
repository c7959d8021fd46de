namespace ServerlessRouter.Configuration;

/// <summary>Something wrong, or worth knowing, about a configuration: where it is and what to change.</summary>
/// <param name="Path">Path to the member, for example <c>routes.auto.rules[1].when.task[0]</c>; empty for the document as a whole.</param>
/// <param name="Message">What is wrong, what is allowed, and the nearest name where one was mistyped. Never a secret.</param>
public sealed record ConfigurationProblem(string Path, string Message)
{
    /// <summary>Line from 1, where the text is not JSON; null when it is.</summary>
    public int? Line { get; init; }

    /// <summary>Column from 1 as editors count, where the text is not JSON; null when it is.</summary>
    public int? Column { get; init; }

    public override string ToString() => (Line, Path) switch
    {
        ({ } line, _) => $"line {line}, column {Column}: {Message}",
        (null, "") => Message,
        _ => $"{Path}: {Message}",
    };
}
