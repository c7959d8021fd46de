using System.Collections.Immutable;
using System.Text.Json;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Reads the <c>when</c> of a rule into conditions, and says what in it cannot be read.</summary>
internal sealed class ConditionReader(Findings findings)
{
    private const string Minimum = "min";
    private const string Maximum = "max";
    private static readonly string[] RangeMembers = [Minimum, Maximum];

    private readonly ImmutableArray<ConditionModel>.Builder _conditions = ImmutableArray.CreateBuilder<ConditionModel>();

    /// <summary>The conditions that could be read, in the order written.</summary>
    public static ImmutableArray<ConditionModel> Read(OrderedDictionary<string, JsonElement>? when, string path, Findings findings)
    {
        var reader = new ConditionReader(findings);
        foreach (var (name, value) in when ?? [])
            reader.Read(name, value, ConfigPath.Member(path, name));
        return reader._conditions.DrainToImmutable();
    }

    private void Read(string name, JsonElement value, string path)
    {
        var syntax = ConditionSyntax.Of(name);
        switch (syntax.Form)
        {
            case ConditionForm.Names:
                if (Values(value, syntax, path) is { IsEmpty: false } any)
                    _conditions.Add(new ConditionModel(name, null, any, null, null));
                break;
            case ConditionForm.AllNames:
                foreach (var one in Values(value, syntax, path))
                    _conditions.Add(new ConditionModel(name, null, [one], null, null));
                break;
            case ConditionForm.Range:
                AddRange(name, null, value, syntax, path);
                break;
            case ConditionForm.Keyed or ConditionForm.KeyedOrRange:
                AddKeyed(name, value, syntax, path);
                break;
        }
    }

    private void AddKeyed(string name, JsonElement value, ConditionSyntax syntax, string path)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.EnumerateObject().Any())
        {
            findings.Error(path, $"must be an object of names with their accepted values, for example {{ \"x-team\": [\"search\"] }}, but is {Found(value)}");
            return;
        }

        foreach (var property in value.EnumerateObject())
        {
            var keyPath = ConfigPath.Member(path, property.Name);
            if (property.Value.ValueKind == JsonValueKind.Object && syntax.Form == ConditionForm.KeyedOrRange)
                AddRange(name, property.Name, property.Value, syntax, keyPath);
            else if (Values(property.Value, syntax, keyPath) is { IsEmpty: false } any)
                _conditions.Add(new ConditionModel(name, property.Name, any, null, null));
        }
    }

    private void AddRange(string name, string? key, JsonElement value, ConditionSyntax syntax, string path)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.EnumerateObject().Any())
        {
            findings.Error(path, $"must be a range like {{ \"min\": 0.5, \"max\": 1 }} with at least one of the two, but is {Found(value)}");
            return;
        }

        // The numbers of parameters may be anything; all others count or measure something.
        var lowest = key is null ? 0 : double.NegativeInfinity;
        double? minimum = null, maximum = null;
        foreach (var property in value.EnumerateObject())
        {
            var boundPath = ConfigPath.Member(path, property.Name);
            if (!RangeMembers.Contains(property.Name))
                findings.Error(boundPath, UnknownNames.Member(property.Name, RangeMembers));
            else if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetDouble(out var bound) || !double.IsFinite(bound))
                findings.Error(boundPath, $"must be a number, but is {Quoted.Value(property.Value)}");
            else if (ScalarShape.RangeComplaint(bound, lowest, syntax.Maximum) is { } complaint)
                findings.Error(boundPath, complaint);
            else if (property.Name == Minimum)
                minimum = bound;
            else
                maximum = bound;
        }

        if (minimum > maximum)
            findings.Error(path, $"can never hold: its min of {minimum} is above its max of {maximum}");
        else if (minimum is not null || maximum is not null)
            _conditions.Add(new ConditionModel(name, key, [], minimum, maximum));
    }

    private ImmutableArray<string> Values(JsonElement value, ConditionSyntax syntax, string path)
    {
        var values = ImmutableArray.CreateBuilder<string>();
        if (value.ValueKind != JsonValueKind.Array)
        {
            AddValue(value, syntax, path, values);
            return values.DrainToImmutable();
        }

        var place = 0;
        foreach (var element in value.EnumerateArray())
            AddValue(element, syntax, ConfigPath.Item(path, place++), values);
        if (place == 0)
            findings.Error(path, "is an empty list, so the rule can never match; write a value or leave the condition out");
        return values.DrainToImmutable();
    }

    private void AddValue(JsonElement value, ConditionSyntax syntax, string path, ImmutableArray<string>.Builder values)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number when IsKeyed(syntax) => value.GetRawText(),
            JsonValueKind.True when IsKeyed(syntax) => "true",
            JsonValueKind.False when IsKeyed(syntax) => "false",
            _ => null,
        };
        if (text is null)
        {
            var expected = IsKeyed(syntax) ? "a text, a number, true or false, or a list of them" : "a text or a list of texts";
            findings.Error(path, $"must be {expected}, but is {Quoted.Value(value)}");
        }
        else if (syntax.Names.Count > 0 && !syntax.Names.Contains(text))
            findings.Error(path, UnknownNames.Value(text, syntax.Names));
        else if (syntax.IsLanguage && text is not ([>= 'a' and <= 'z', >= 'a' and <= 'z'] or "und"))
            findings.Error(path, $"must be a two-letter code of ISO 639-1 in small letters, or \"und\", but is {Quoted.Text(text)}");
        else
            values.Add(text);
    }

    private static bool IsKeyed(ConditionSyntax syntax) => syntax.Form is ConditionForm.Keyed or ConditionForm.KeyedOrRange;

    private static string Found(JsonElement value) => value.ValueKind == JsonValueKind.Object ? "an empty object" : Quoted.Value(value);
}
