using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Http;

/// <summary>Something that the router serves.</summary>
/// <param name="Name">A name of its own; the function that serves it in Azure has the same.</param>
/// <param name="Methods">HTTP methods, upper case; none for every method.</param>
/// <param name="Pattern">The path without the leading slash, as ASP.NET and the Functions host read it.</param>
/// <param name="Handler">Answers every request, also with its own failures; throws nothing.</param>
public sealed record RouterEndpoint(string Name, ImmutableArray<string> Methods, string Pattern, RequestDelegate Handler);
