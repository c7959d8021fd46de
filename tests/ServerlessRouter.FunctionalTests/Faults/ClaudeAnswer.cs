using ServerlessRouter.Testing.Upstreams;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>An answer of Anthropic's, or of a gateway that speaks its schema, with something in it that trips careless translators.</summary>
/// <param name="Name">Unique; a failing test is found by it.</param>
/// <param name="Whole">The message, for a plain request.</param>
/// <param name="Events">The events that say the same, for a streamed one.</param>
/// <param name="Expected">Members that the assistant's message must have, as JSON.</param>
public sealed record ClaudeAnswer(string Name, string Whole, string[] Events, string Expected)
{
    public string FinishReason { get; init; } = "stop";

    /// <summary>Prompt, cached and completion tokens the caller must be told.</summary>
    public (int Prompt, int Cached, int Completion) Usage { get; init; } = (10, 0, 5);

    public Reply Reply(bool stream) => stream ? Testing.Upstreams.Reply.Events(Events) : Testing.Upstreams.Reply.Body(Whole, "application/json");
}
