using System.Collections.Immutable;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>A stream of exactly these <c>data:</c> payloads.</summary>
internal sealed record EventsContent(ImmutableArray<string> Payloads) : ReplyContent;
