namespace ServerlessRouter.LocalHost.Importing;

/// <summary>What became of one setting.</summary>
/// <param name="Outcome">Whether it means the same here.</param>
/// <param name="Path">Where it stands in the file that was read, for example <c>router_settings.timeout</c>.</param>
/// <param name="Line">The line of that file, from 1.</param>
/// <param name="Text">What it is here, or what to do. Never a secret.</param>
internal sealed record ImportNote(ImportOutcome Outcome, string Path, int Line, string Text);

/// <summary>What can become of a setting.</summary>
internal enum ImportOutcome
{
    /// <summary>It means the same here.</summary>
    Carried,

    /// <summary>Something near it was written.</summary>
    Changed,

    /// <summary>There is nothing like it here, or no need of it.</summary>
    NoCounterpart,

    /// <summary>The owner must put something in.</summary>
    ToDo,
}

/// <summary>How outcomes are called in reports.</summary>
internal static class ImportOutcomes
{
    public static string ToWireName(this ImportOutcome outcome) => outcome switch
    {
        ImportOutcome.Carried => "carried_over",
        ImportOutcome.Changed => "changed",
        ImportOutcome.NoCounterpart => "no_counterpart",
        ImportOutcome.ToDo => "to_do",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
