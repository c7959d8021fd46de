using System.Text.Json.Nodes;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Schema;

/// <summary>The schema of the members of a rule's <c>when</c>.</summary>
internal static class ConditionSchema
{
    public static JsonObject Members()
    {
        var members = new JsonObject();
        foreach (var name in ConditionNames.All)
        {
            var syntax = ConditionSyntax.Of(name);
            var schema = Schema(syntax);
            schema.Insert(0, "description", syntax.Description);
            members[name] = schema;
        }

        return members;
    }

    private static JsonObject Schema(ConditionSyntax syntax) => syntax.Form switch
    {
        ConditionForm.Names or ConditionForm.AllNames => OneOrMore(() => Text(syntax.Names)),
        ConditionForm.Range => Range(0, syntax.Maximum),
        ConditionForm.Keyed => new JsonObject { ["type"] = "object", ["minProperties"] = 1, ["additionalProperties"] = OneOrMore(Scalar) },
        ConditionForm.KeyedOrRange => new JsonObject
        {
            ["type"] = "object",
            ["minProperties"] = 1,
            ["additionalProperties"] = new JsonObject { ["anyOf"] = new JsonArray(OneOrMore(Scalar), Range(null, double.PositiveInfinity)) },
        },
    };

    private static JsonObject OneOrMore(Func<JsonObject> one) =>
        new() { ["anyOf"] = new JsonArray(one(), new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = one() }) };

    private static JsonObject Text(IReadOnlyList<string> names)
    {
        var text = new JsonObject { ["type"] = "string" };
        if (names.Count > 0)
            text["enum"] = new JsonArray([.. names.Select(static name => (JsonNode)name)]);
        return text;
    }

    private static JsonObject Scalar() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    private static JsonObject Range(double? minimum, double maximum)
    {
        var members = new JsonObject();
        foreach (var name in new[] { "min", "max" })
        {
            var bound = new JsonObject { ["type"] = "number" };
            if (minimum is { } lowest)
                bound["minimum"] = (long)lowest;
            if (double.IsFinite(maximum))
                bound["maximum"] = (long)maximum;
            members[name] = bound;
        }

        return new JsonObject { ["type"] = "object", ["minProperties"] = 1, ["properties"] = members, ["additionalProperties"] = false };
    }
}
