using System.Collections.Immutable;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Alerts;

/// <summary>What a part of the router has seen: something is wrong, and how badly. Told again and again while it lasts; names and figures alone, never prompts, answers or secrets.</summary>
/// <param name="Type">What it is about.</param>
/// <param name="Subject">Whose: a budget, a deployment, a route. With the type it names the alert.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Cause">Why, in a sentence or two for people.</param>
public sealed record AlertSignal(AlertType Type, string Subject, AlertSeverity Severity, string Cause)
{
    /// <summary>What it stands on.</summary>
    public ImmutableArray<AlertFigure> Figures { get; init; } = [];

    /// <summary>How bad in finer steps, where there are some (a budget's percent): a higher one is told anew.</summary>
    public int Level { get; init; } = (int)Severity;

    /// <summary>When it ends by itself unless it is told again; null where its end is told.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>When it began; null is now.</summary>
    public DateTimeOffset? Since { get; init; }
}
