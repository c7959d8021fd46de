using System.Collections.Immutable;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Alerts;

/// <summary>Something that is wrong, or was: one of each type and subject at a time, the same on all instances.</summary>
/// <param name="Id">Names it; later ones come first in the order of ids.</param>
/// <param name="Type">What it is about.</param>
/// <param name="Subject">Whose it is.</param>
public sealed record Alert(string Id, AlertType Type, string Subject)
{
    public required AlertSeverity Severity { get; init; }

    /// <summary>What it stands on.</summary>
    public ImmutableArray<AlertFigure> Figures { get; init; } = [];

    /// <summary>Why, for people.</summary>
    public required string Cause { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>UTC; null while it lasts.</summary>
    public DateTimeOffset? Resolved { get; init; }

    /// <summary>Who has taken note of it; null while no admin has.</summary>
    public AlertAcknowledgement? Acknowledged { get; init; }
}

/// <summary>That an admin has taken note of an alert; it changes nothing else.</summary>
/// <param name="By">The admin.</param>
/// <param name="At">When.</param>
public sealed record AlertAcknowledgement(string By, DateTimeOffset At);
