using System.Collections.Immutable;

namespace ServerlessRouter.Http.Reference;

/// <summary>What the table of endpoints knows of one.</summary>
/// <param name="Name">The name of the row.</param>
/// <param name="Methods">HTTP methods, upper case.</param>
/// <param name="Pattern">The path without the leading slash, as ASP.NET reads it.</param>
internal sealed record DescribedEndpoint(string Name, ImmutableArray<string> Methods, string Pattern);
