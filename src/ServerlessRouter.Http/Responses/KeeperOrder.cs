using ServerlessRouter.Configuration;
using ServerlessRouter.Http.Bodies;

namespace ServerlessRouter.Http.Responses;

/// <summary>A request that may name what is kept.</summary>
/// <param name="Caller">Who asks; null without a key.</param>
/// <param name="Tier">The caller's tier; null without one.</param>
/// <param name="Body">The request as it came.</param>
/// <param name="Room">The room of its body, for what it names.</param>
internal sealed record KeeperOrder(string? Caller, TierModel? Tier, ReadOnlyMemory<byte> Body, GrowingBodyLease Room);
