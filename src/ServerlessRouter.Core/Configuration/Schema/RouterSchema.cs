using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Schema;

/// <summary>Makes the JSON Schema of the configuration, for editors, from the types that read it.</summary>
public sealed class RouterSchema
{
    // The file is read by people and editors, never put into a page, so quotes need no escapes.
    private static readonly JsonSerializerOptions FileFormat = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = RouterConfigContext.Default,
    };

    private readonly IReadOnlyList<ProviderKind> _kinds;
    private readonly NameTables _names;

    private RouterSchema(IReadOnlyList<ProviderKind> kinds) => (_kinds, _names) = (kinds, new NameTables(kinds));

    /// <summary>The schema as the file <c>router.schema.json</c> holds it.</summary>
    public static string Generate(IReadOnlyList<ProviderKind> kinds)
    {
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = new RouterSchema(kinds).Describe };
        var schema = (JsonObject)RouterConfigContext.Default.RouterConfig.GetJsonSchemaAsNode(options);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "ServerlessRouter configuration");
        return schema.ToJsonString(FileFormat) + "\n";
    }

    private JsonNode Describe(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema)
            return node;
        RemoveNull(schema);
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
            CloseObject(context.TypeInfo, schema);
        if (Member(context.PropertyInfo) is { } member)
            DescribeMember(context.PropertyInfo!, member, schema);
        return schema;
    }

    /// <summary>Absent is null in the types, but null is never written.</summary>
    private static void RemoveNull(JsonObject schema)
    {
        if (schema["type"] is JsonArray types && types.FirstOrDefault(static type => (string?)type != "null") is { } only)
            schema["type"] = only.DeepClone();
        // Numbers come with the pattern for texts that hold them, which are not accepted.
        schema.Remove("pattern");
    }

    private static void CloseObject(JsonTypeInfo type, JsonObject schema)
    {
        schema["additionalProperties"] = false;
        string[] required = [.. type.Properties.Where(static property => Member(property) is { IsRequired: true }).Select(static property => property.Name)];
        if (required.Length > 0)
            schema["required"] = Array(required);
    }

    private void DescribeMember(JsonPropertyInfo property, MemberAttribute member, JsonObject schema)
    {
        schema.Insert(0, "description", KindLists.Fill(member.Description, _kinds));
        var names = _names.Names(member.Names);
        if (property.PropertyType == typeof(OrderedDictionary<string, JsonElement>))
            DescribeOpenMap(member, schema);
        else if (schema["additionalProperties"] is JsonObject values && names.Count > 0)
            schema["propertyNames"] = new JsonObject { ["enum"] = Array(names) };
        else if (names.Count > 0)
            ((schema["items"] as JsonObject) ?? schema)["enum"] = Array(names);
        if (member.IsSecret)
            schema["pattern"] = $"^(({string.Join('|', SecretSchemes.All)}):.+|{CredentialNames.Entra}|{CredentialNames.None})$";
        Bound((schema["additionalProperties"] as JsonObject) ?? schema, member);
        if (member.MayBeOne && schema["items"] is JsonObject item)
            Offer(schema, item.DeepClone());
        else if (member.TextMember.Length > 0 && schema["properties"]?[member.TextMember] is { } text)
            Offer(schema, text.DeepClone());
    }

    /// <summary>Lets another form stand in the place of what the schema describes.</summary>
    private static void Offer(JsonObject schema, JsonNode other)
    {
        var form = new JsonObject();
        foreach (var (name, value) in schema.ToList())
        {
            if (name == "description")
                continue;
            schema.Remove(name);
            form[name] = value;
        }

        schema["anyOf"] = new JsonArray(other, form);
    }

    private static void DescribeOpenMap(MemberAttribute member, JsonObject schema)
    {
        if (member.IsReserved)
            schema["maxProperties"] = 0;
        if (member.Names != NameTable.Condition)
            return;
        schema["properties"] = ConditionSchema.Members();
        schema["additionalProperties"] = false;
    }

    private static void Bound(JsonObject schema, MemberAttribute member)
    {
        if (double.IsFinite(member.Minimum))
            schema["minimum"] = Number(member.Minimum);
        if (double.IsFinite(member.Maximum))
            schema["maximum"] = Number(member.Maximum);
    }

    private static JsonNode Number(double value) => value == Math.Floor(value) ? (long)value : value;

    private static JsonArray Array(IEnumerable<string> names) => new([.. names.Select(static name => (JsonNode)name)]);

    private static MemberAttribute? Member(JsonPropertyInfo? property) =>
        property?.AttributeProvider?.GetCustomAttributes(typeof(MemberAttribute), false) is [MemberAttribute member] ? member : null;
}

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
