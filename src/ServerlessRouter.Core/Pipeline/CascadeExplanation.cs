using System.Text.Json;

namespace ServerlessRouter.Pipeline;

/// <summary>Writes the <c>cascade</c> of an explanation: its steps, what was skipped, and which answer was given and why.</summary>
internal static class CascadeExplanation
{
    public static void Write(Utf8JsonWriter writer, RoutePlan plan, CascadePlan cascade, CascadeEnding? ending)
    {
        writer.WriteStartObject("cascade");
        writer.WriteStartArray("steps");
        for (var step = 0; step < cascade.Steps; step++)
            writer.WriteStringValue(plan.Candidates[step].Model.Name);
        writer.WriteEndArray();
        writer.WriteStartArray("skipped");
        foreach (var skipped in cascade.Skipped)
        {
            writer.WriteStartObject();
            writer.WriteString("model", skipped.Model);
            writer.WriteString("why", skipped.Why);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (ending is { } known)
        {
            writer.WriteString("answer", NameOf(known));
            writer.WriteString("why", WhyOf(known));
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes the <c>checks</c> of an attempt.</summary>
    public static void WriteChecks(Utf8JsonWriter writer, IReadOnlyList<CheckResult> checks)
    {
        writer.WriteStartArray("checks");
        foreach (var (check, verdict) in checks)
        {
            writer.WriteStartObject();
            writer.WriteString("check", check);
            writer.WriteBoolean("accepted", verdict.IsAccepted);
            if (verdict.Why is { } why)
                writer.WriteString("why", why);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    internal static string NameOf(CascadeEnding ending) => ending switch
    {
        CascadeEnding.Accepted => "accepted",
        CascadeEnding.Unchecked => "unchecked",
        CascadeEnding.LastStep => "last_step",
        CascadeEnding.HeldBackNothingBetter or CascadeEnding.HeldBackOutOfAttempts or CascadeEnding.HeldBackOutOfTime or CascadeEnding.HeldBackOutOfMoney or CascadeEnding.HeldBackAfterFaults => "held_back",
    };

    private static string WhyOf(CascadeEnding ending) => ending switch
    {
        CascadeEnding.Accepted => "every check accepted it",
        CascadeEnding.Unchecked => "it was too long or too late to be kept back",
        CascadeEnding.LastStep => "no stronger step stood behind it",
        CascadeEnding.HeldBackNothingBetter => "the best of the rejected answers: no further step gave a better one",
        CascadeEnding.HeldBackOutOfAttempts => "the best of the rejected answers: the attempts were spent",
        CascadeEnding.HeldBackOutOfTime => "the best of the rejected answers: the time was over",
        CascadeEnding.HeldBackOutOfMoney => "the best of the rejected answers: a further step would have passed the ceiling on money",
        CascadeEnding.HeldBackAfterFaults => "the answer in hand: the router could not check it or go on",
    };
}
