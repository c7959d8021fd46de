using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Usage;

/// <summary>What a caller may see of the books.</summary>
/// <param name="Error">Why it is nothing; null when it is something.</param>
/// <param name="Key">Whose entries it is: the name of a key, empty for callers without one; null for those of all callers.</param>
internal readonly record struct BooksView(RouterError? Error, string? Key);
