using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

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
