using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Limits;

/// <summary>Where a page of budgets begins: those of the configuration come first and are counted, then issued keys by their ids.</summary>
/// <param name="Passed">Budgets before it: of the configuration, or of the first key behind <paramref name="Key"/>.</param>
/// <param name="Key">The issued key before it, empty before the first; null among those of the configuration.</param>
internal readonly record struct BudgetPlace(int Passed, string? Key)
{
    private const string IssuedPrefix = "keys.";

    /// <summary>Before the first issued key.</summary>
    public static BudgetPlace FirstIssued => new(0, "");

    /// <summary>Reads what <c>after</c> says.</summary>
    public static RouterError? Read(HttpRequest request, out BudgetPlace place)
    {
        place = default;
        return QueryParameters.Text(request, "after") is not { } written || TryParse(written, out place) ? null : RouterError.InvalidRequest("'after' must be what 'next' of the page before says.", "after");
    }

    /// <summary>As <c>next</c> says it.</summary>
    public override string ToString() => Key is null ? Passed.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{IssuedPrefix}{Key}.{Passed}");

    private static bool TryParse(string written, out BudgetPlace place)
    {
        var dot = written.LastIndexOf('.');
        var key = written.StartsWith(IssuedPrefix, StringComparison.Ordinal) && dot >= IssuedPrefix.Length ? written[IssuedPrefix.Length..dot] : null;
        var isCount = int.TryParse(key is null ? written : written.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var passed);
        place = new BudgetPlace(passed, key);
        return isCount && (key is null or "" || KeyBody.IsId(key));
    }
}
