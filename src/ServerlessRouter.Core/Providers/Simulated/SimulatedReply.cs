using ServerlessRouter.Domain;

namespace ServerlessRouter.Providers.Simulated;

/// <summary>What a simulated model says: its words, one a token, either as text or as the arguments of a tool call.</summary>
/// <param name="Id">The same for the same request.</param>
/// <param name="Model">Name of the deployment.</param>
/// <param name="Tool">The tool it calls, or null when it speaks.</param>
/// <param name="Tokens">The pieces it is streamed in.</param>
/// <param name="FinishReason">Why it stopped.</param>
/// <param name="Usage">As the vendor would bill it.</param>
internal sealed record SimulatedReply(string Id, string Model, string? Tool, IReadOnlyList<string> Tokens, string FinishReason, TokenUsage Usage);
