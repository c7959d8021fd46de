using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>Lets a stage ask a small model something about a request: one bounded call through the same providers, metered with the request it is made for.</summary>
public interface ISideCalls
{
    /// <summary>
    /// Asks once, on one deployment, without retry. Whatever goes wrong is a value; throws only when <paramref name="cancellationToken"/>, the caller's own, fires. A request's
    /// demands on providers (<c>provider</c>, regions, data rules) hold for what is asked about it too.
    /// </summary>
    ValueTask<SideCallResult> AskAsync(SideCall call, CancellationToken cancellationToken);
}

/// <summary>A question to a small model about a request.</summary>
/// <param name="Asker">The request it is about; what the call costs is added to it.</param>
/// <param name="Purpose">What for, in records and explanations: one short word such as <c>second_opinion</c>.</param>
/// <param name="Model">Who is asked.</param>
/// <param name="Body">A chat request in OpenAI's schema, not streamed; its <c>model</c> is replaced by the deployment's name.</param>
/// <param name="Within">How long it may take. Longer counts as a failure of the deployment where it is as long as a first token may take; else against further side calls alone.</param>
public sealed record SideCall(RequestContext Asker, string Purpose, LanguageModel Model, ReadOnlyMemory<byte> Body, TimeSpan Within)
{
    /// <summary>What is left of the asker's own time, where that may be less; a deployment that it cuts short is not to blame.</summary>
    public TimeSpan? TimeLeft { get; init; }
}

/// <summary>What came of a side call: the text of the answer, or why there is none.</summary>
public readonly record struct SideCallResult
{
    private SideCallResult(string? text, string? problem) => (Text, Problem) = (text, problem);

    /// <summary>The content of the first choice; null exactly when there is a problem.</summary>
    public string? Text { get; }

    /// <summary>Why there is no answer, in a few words that may be shown to the caller.</summary>
    public string? Problem { get; }

    public static SideCallResult Answered(string text) => new(text, null);

    public static SideCallResult Failed(string problem) => new(null, problem);
}
