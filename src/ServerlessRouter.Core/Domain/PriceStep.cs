namespace ServerlessRouter.Domain;

/// <summary>What calls cost whose prompt is long.</summary>
/// <param name="Tokens">The prompt has more tokens than this, cached and written ones included.</param>
/// <param name="Price">The price of the whole call then; it has no steps of its own.</param>
public sealed record PriceStep(int Tokens, ModelPrice Price);
