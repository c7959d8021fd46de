using System.Globalization;

namespace ServerlessRouter.Domain;

/// <summary>Sums of money that no figure, however wrong, can break: they end at a bound instead of overflowing.</summary>
internal static class Sums
{
    /// <summary>A thousand billion USD a thousand times over. Above it a decimal has no room left for cents beside it.</summary>
    public const decimal MaxUsd = 1_000_000_000_000_000m;

    public static decimal Usd(decimal left, decimal right) => Bounded(Bounded(left) + Bounded(right));

    /// <summary>The amount, or the bound nearest to it.</summary>
    public static decimal Bounded(decimal usd) => Math.Clamp(usd, -MaxUsd, MaxUsd);

    /// <summary>An amount as it was stored. What is none counts nothing: one row must not hide the others.</summary>
    public static decimal ReadUsd(string? text) => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var usd) ? Bounded(usd) : 0;
}
