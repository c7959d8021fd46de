namespace ServerlessRouter.Configuration;

/// <summary>The names <c>routes.*.cascade.checks</c> may have.</summary>
public static class AnswerCheckNames
{
    /// <summary>The answer was cut: at the vendor's length limit, by its content filter, or inside a code block.</summary>
    public const string FinishReason = "finish-reason";

    /// <summary>There is no answer, or a question for a number is answered without one.</summary>
    public const string FinalAnswer = "final-answer";

    /// <summary>The answer is not the JSON that <c>response_format</c> asks for.</summary>
    public const string JsonSchema = "json-schema";

    /// <summary>A tool is called that was not offered, or with arguments that do not fit it.</summary>
    public const string ToolCalls = "tool-calls";

    /// <summary>The model refuses.</summary>
    public const string Refusal = "refusal";

    /// <summary>The model says that it does not know.</summary>
    public const string Hedging = "hedging";

    /// <summary>A sum in the answer does not add up, or is not what it states as its result.</summary>
    public const string Arithmetic = "arithmetic";

    /// <summary>A worked answer leaves out many of the numbers in the question.</summary>
    public const string UnusedGivens = "unused-givens";

    /// <summary>The model was unsure between words, by the log probabilities the caller asked for.</summary>
    public const string Logprobs = "logprobs";

    /// <summary>What a judge's rejection is called; a cascade has one by <c>cascade.judge</c>, not by this name.</summary>
    public const string Judge = "judge";

    /// <summary>All names that may be written, in the order in which the checks are made: the cheapest first.</summary>
    public static IReadOnlyList<string> All { get; } = [FinishReason, FinalAnswer, Refusal, JsonSchema, ToolCalls, Hedging, Arithmetic, UnusedGivens, Logprobs];
}
