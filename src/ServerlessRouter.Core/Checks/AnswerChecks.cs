using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Every check that configuration can name.</summary>
internal static class AnswerChecks
{
    public static ImmutableArray<IAnswerCheck> All(ISideCalls sideCalls) =>
    [
        new FinishReasonCheck(), new FinalAnswerCheck(), new RefusalCheck(), new JsonSchemaCheck(), new ToolCallsCheck(), new HedgingCheck(), new ArithmeticCheck(), new UnusedGivensCheck(),
        new LogprobsCheck(), new JudgeCheck(sideCalls),
    ];
}

/// <summary>Rejects answers that were cut: by the vendor's length limit, by its content filter, or, whatever the vendor says, inside a code block.</summary>
/// <remarks>A cut at the length the caller asked for is the caller's wish: a stronger model would be cut there too.</remarks>
internal sealed class FinishReasonCheck : IAnswerCheck
{
    public string Name => AnswerCheckNames.FinishReason;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken) => new(answer.Choice.FinishReason switch
    {
        "length" when !IsCallersLength(answer) => AnswerVerdict.Rejected("it was cut at the model's length limit", FallbackScore.CutShort),
        "content_filter" => AnswerVerdict.Rejected("it was cut by the vendor's content filter", FallbackScore.CutShort),
        "stop" when answer.Choice.Text.Span.Count("```"u8) % 2 == 1 => AnswerVerdict.Rejected("it ends inside a code block", FallbackScore.CutShort),
        _ => AnswerVerdict.Accepted,
    });

    private static bool IsCallersLength(AnswerToCheck answer) =>
        answer.Request.Request.MaxOutputTokens is { } most && (answer.Attempt.Model.MaxOutputTokens is not { } own || most <= own);
}

/// <summary>Rejects refusals: those the vendor marks, and texts that begin with one.</summary>
internal sealed class RefusalCheck : IAnswerCheck
{
    // Further in, "I can't" is mostly part of a story or of advice.
    private const int OpeningBytes = 160;

    private static readonly PhraseList Refusals = new(
        "I cannot", "I can't", "I can not", "I'm sorry, but", "I am sorry, but", "Sorry, but I", "I'm unable", "I am unable", "I'm not able to", "I am not able to", "As an AI", "As a language model",
        "I won't be able", "I will not", "I must decline", "I have to decline", "I don't have access", "I do not have access", "against my guidelines");

    public string Name => AnswerCheckNames.Refusal;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken)
    {
        if (answer.Choice.IsRefusal)
            return new(AnswerVerdict.Rejected("the vendor marks it as a refusal", FallbackScore.Refused));
        if (answer.Choice.ToolCalls.Count > 0)
            return new(AnswerVerdict.Accepted);
        var opening = AnswerText.Start(answer.Choice.Text.Span.TrimStart(" \t\r\n"u8), OpeningBytes);
        return new(Refusals.IsIn(opening) ? AnswerVerdict.Rejected("it begins with a refusal", FallbackScore.Refused) : AnswerVerdict.Accepted);
    }
}

/// <summary>Rejects answers that say themselves that they do not know; stories, in which a character may say so, excepted.</summary>
internal sealed class HedgingCheck : IAnswerCheck
{
    private static readonly PhraseList Hedges = new(
        "I'm not sure", "I am not sure", "I'm not certain", "I am not certain", "I'm unsure", "I don't know", "I do not know", "cannot be determined", "can't be determined",
        "cannot determine", "can't determine", "not enough information", "insufficient information", "my best guess", "I might be wrong", "I may be wrong", "I could be wrong");

    public string Name => AnswerCheckNames.Hedging;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken)
    {
        var text = answer.Choice.Text.Span;
        if (answer.Request.Profile is { Task: TaskKind.Creative or TaskKind.Translation } || text.IsEmpty)
            return new(AnswerVerdict.Accepted);
        var hedges = Hedges.IsIn(AnswerText.Start(text)) || (text.Length > AnswerText.MaxBytes && Hedges.IsIn(AnswerText.End(text)));
        return new(hedges ? AnswerVerdict.Rejected("it says itself that it is not sure", FallbackScore.Unsure) : AnswerVerdict.Accepted);
    }
}

/// <summary>Rejects texts that are not the JSON <c>response_format</c> asks for.</summary>
internal sealed class JsonSchemaCheck : IAnswerCheck
{
    public string Name => AnswerCheckNames.JsonSchema;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken) => new(Check(answer));

    private static AnswerVerdict Check(AnswerToCheck answer)
    {
        if (answer.Choice.ToolCalls.Count > 0 || answer.Choice.IsRefusal)
            return AnswerVerdict.Accepted;
        using var asked = AskedJson.Of(answer.Request.Request);
        return asked is null ? AnswerVerdict.Accepted : Verdict(asked.Complaint(answer.Choice.Text));
    }

    private static AnswerVerdict Verdict(string? complaint) => complaint is null ? AnswerVerdict.Accepted : AnswerVerdict.Rejected($"it {complaint}", FallbackScore.OutOfForm);
}

/// <summary>
/// Rejects answers whose least sure tokens were almost drawn by lot. Looks at the tail, because the mean over an answer hides the few words that decide it (Gupta et al. 2024,
/// "Language Model Cascades: Token-level uncertainty and beyond").
/// </summary>
/// <remarks>Decides only where log probabilities were sent, which vendors do where the caller asked for them.</remarks>
internal sealed class LogprobsCheck : IAnswerCheck
{
    /// <summary>Share of the tokens that is looked at, the least sure ones.</summary>
    public const double Tail = 0.1;

    /// <summary>Mean margin over the tail below which an answer is rejected.</summary>
    public const double MinMargin = 0.1;

    public string Name => AnswerCheckNames.Logprobs;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken)
    {
        var margins = answer.Choice.Margins;
        if (margins.Count == 0)
            return new(AnswerVerdict.Accepted);

        var sorted = margins.Order().Take((int)Math.Ceiling(margins.Count * Tail));
        var margin = sorted.Average();
        return new(margin < MinMargin
            ? AnswerVerdict.Rejected(FormattableString.Invariant($"its least sure words led the next best by {margin:0.00} of probability"), FallbackScore.Unsure)
            : AnswerVerdict.Accepted);
    }
}
