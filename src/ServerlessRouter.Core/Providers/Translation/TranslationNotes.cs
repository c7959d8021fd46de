using System.Globalization;
using System.Text.Json;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Providers.Translation;

/// <summary>
/// What one translation could not do as asked: the first thing that the vendor's API cannot express, after which the result is thrown away, and what was changed instead.
/// </summary>
internal sealed class TranslationNotes(RequestAdjustments? adjustments)
{
    /// <summary>What cannot be expressed, in the router's words; null while everything could be.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Where it stands in the request.</summary>
    public string? RefusedParam { get; private set; }

    /// <summary>The caller reads what was changed; where not, nothing need be worked out for it.</summary>
    public bool IsRead => adjustments is not null;

    public void Refuse(string param, string refusal)
    {
        if (Refusal is null)
            (Refusal, RefusedParam) = (refusal, param);
    }

    /// <summary>One text goes up as another; null is nothing.</summary>
    public void Change(string param, string? from, string? to) => adjustments?.Add(param, Json(from), Json(to));

    /// <summary>One number goes up as another.</summary>
    public void Change(string param, int from, int to) =>
        adjustments?.Add(param, from.ToString(CultureInfo.InvariantCulture), to.ToString(CultureInfo.InvariantCulture));

    /// <summary>A value goes up as a number.</summary>
    public void Change(string param, JsonElement from, double to) => adjustments?.Add(param, from, to.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>A value goes up as a text.</summary>
    public void Change(string param, JsonElement from, string to) => adjustments?.Add(param, from, Json(to));

    /// <summary>A value is left out.</summary>
    public void Drop(string param, JsonElement value) => adjustments?.Add(param, value, null);

    /// <summary>A kind of content is left out.</summary>
    public void Strip(string kind) => adjustments?.Strip(kind);

    private static string? Json(string? text) => text is null ? null : RequestAdjustments.Text(text);
}
