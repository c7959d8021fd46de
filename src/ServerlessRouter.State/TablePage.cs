namespace ServerlessRouter.State;

/// <summary>One page of a query.</summary>
/// <param name="Entities">At most a page size of entities, in key order.</param>
/// <param name="Continuation">Opaque; asks for the next page. Null when the query is complete.</param>
public sealed record TablePage(IReadOnlyList<TableEntity> Entities, string? Continuation);
