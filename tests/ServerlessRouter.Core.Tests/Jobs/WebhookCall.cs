namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>One delivery as a receiver saw it.</summary>
internal sealed record WebhookCall(IReadOnlyDictionary<string, string> Headers, byte[] Body);
