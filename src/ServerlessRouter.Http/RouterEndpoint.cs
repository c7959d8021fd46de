using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Http;

/// <summary>One URL the router serves.</summary>
/// <param name="Methods">HTTP methods, upper case.</param>
/// <param name="Pattern">One of <see cref="EndpointPatterns"/>.</param>
/// <param name="Handler">Answers every request, also with its own failures; throws nothing.</param>
public sealed record RouterEndpoint(ImmutableArray<string> Methods, string Pattern, RequestDelegate Handler);
