using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>A text whose vector is wanted.</summary>
/// <param name="Asker">The request it is about; what the call costs is added to it, and what it demands of providers holds.</param>
/// <param name="Model">A model that makes embeddings.</param>
/// <param name="Dimensions">How many numbers the vector shall have; null leaves that to the model.</param>
/// <param name="Text">UTF-8, not empty; one that was cut inside a character is fine.</param>
/// <param name="Within">How long it may take. Longer counts as a failure of the deployment.</param>
public sealed record EmbeddingCall(RequestContext Asker, LanguageModel Model, int? Dimensions, ReadOnlyMemory<byte> Text, TimeSpan Within);
