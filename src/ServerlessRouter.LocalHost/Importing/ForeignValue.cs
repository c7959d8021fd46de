using System.Globalization;
using System.Text.Json.Nodes;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>A value in another product's configuration, and the line it stands on.</summary>
internal sealed class ForeignValue
{
    private static readonly OrderedDictionary<string, ForeignValue> NoMembers = [];

    private ForeignValue(int line) => Line = line;

    /// <summary>From 1.</summary>
    public int Line { get; }

    /// <summary>The text of a scalar; null for a map, a list and nothing.</summary>
    public string? Text { get; private init; }

    /// <summary>The scalar was written in quotes, so it is a text whatever it looks like.</summary>
    public bool IsQuoted { get; private init; }

    /// <summary>What a list holds; empty for anything else.</summary>
    public IReadOnlyList<ForeignValue> Items { get; private init; } = [];

    /// <summary>What a map holds, in the order written; empty for anything else.</summary>
    public OrderedDictionary<string, ForeignValue> Members { get; private init; } = NoMembers;

    public bool IsList { get; private init; }

    public bool IsMap { get; private init; }

    public bool IsNothing => !IsList && !IsMap && Text is null;

    /// <summary>The number a scalar is, also in scientific notation and in quotes.</summary>
    public decimal? Number => decimal.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    public bool? Truth => Text?.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" => true,
        "FALSE" or "NO" or "OFF" => false,
        _ => null,
    };

    /// <summary>A member of a map; null where it is missing or written as nothing.</summary>
    public ForeignValue? this[string name] => Members.TryGetValue(name, out var value) && !value.IsNothing ? value : null;

    public static ForeignValue Scalar(int line, string? text, bool isQuoted) => new(line) { Text = text, IsQuoted = isQuoted };

    public static ForeignValue List(int line, IReadOnlyList<ForeignValue> items) => new(line) { Items = items, IsList = true };

    public static ForeignValue Map(int line, OrderedDictionary<string, ForeignValue> members) => new(line) { Members = members, IsMap = true };

    /// <summary>The first member that has any of these names.</summary>
    public ForeignValue? Any(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (this[name] is { } value)
                return value;
        }

        return null;
    }

    /// <summary>The texts of a list, or the one text of a scalar.</summary>
    public IEnumerable<string> Texts() => IsList ? Items.Select(static item => item.Text).OfType<string>() : Text is { } text ? [text] : [];

    /// <summary>The same as JSON: unquoted numbers and truths are such.</summary>
    public JsonNode? ToJson() => this switch
    {
        { IsList: true } => new JsonArray([.. Items.Select(static item => item.ToJson())]),
        { IsMap: true } => new JsonObject(Members.Select(static member => KeyValuePair.Create(member.Key, member.Value.ToJson()))),
        { Text: null } => null,
        { IsQuoted: false, Number: { } number } => JsonValue.Create(number),
        { IsQuoted: false, Truth: { } truth } => JsonValue.Create(truth),
        _ => JsonValue.Create(Text),
    };
}
