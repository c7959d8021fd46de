using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Reference;

/// <summary>What the router says of itself in <c>/openapi.json</c>, held against what it does.</summary>
internal sealed partial class DescribedApi(JsonNode document)
{
    private const string Json = "application/json";

    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List };

    private readonly Dictionary<string, JsonSchema> _shapes = [];
    private readonly Dictionary<string, HashSet<string>> _members = [];
    private readonly HashSet<string> _answered = [];

    /// <summary>Operations that answer 200 in JSON, and have not been seen to.</summary>
    public IEnumerable<string> NotAnswered => Operations().Where(static row => (row.Operation["responses"]!["200"] ?? row.Operation["responses"]!["201"])?["content"]?[Json] is not null).Select(static row => row.Name).Except(_answered).Order();

    /// <summary>Members that are described, of shapes of answers that were seen, and were in none of them.</summary>
    public IEnumerable<string> NotSeen =>
        from shape in _members.Keys
        from member in document["components"]!["schemas"]![shape]!["properties"]?.AsObject() ?? []
        where !_members[shape].Contains(member.Key)
        orderby shape, member.Key
        select $"{shape}.{member.Key}";

    /// <summary>Holds a request and its answer against what is said of the operation at this place.</summary>
    public void Check(string method, string path, string? body, (int Status, string Type, string Body) answer)
    {
        // A path that is written out goes before one with a place for any name, as in the router.
        var (name, template, _, operation) = Operations().OrderBy(static row => row.Template.Count(static letter => letter == '{'))
            .FirstOrDefault(row => row.Method.Equals(method, StringComparison.OrdinalIgnoreCase) && Pattern(row.Template).IsMatch(path));
        Assert.True(operation is not null, $"{method} {path} is not described");
        if (body is not null && operation["requestBody"]?["content"]?[Json]?["schema"] is { } asked && answer.Status < 300)
            Hold(asked, body, $"the body of {name}", isAnswer: false);
        var responses = operation["responses"]!;
        var said = (responses[$"{answer.Status}"] ?? responses["default"])!["content"]!;
        Assert.True(said[answer.Type] is not null, $"{method} {template} answers {answer.Status} as {answer.Type}: {answer.Body}");
        var schema = said[answer.Type]!["schema"]!;
        if (answer.Type == "text/event-stream")
        {
            foreach (var data in answer.Body.Split('\n').Where(static line => line.StartsWith("data: {", StringComparison.Ordinal)))
                Hold(schema, data["data: ".Length..], $"an event of {name}", isAnswer: true);
        }
        else if (answer.Type == Json)
        {
            Hold(schema, answer.Body, $"{name} {answer.Status}", isAnswer: true);
            if (answer.Status is 200 or 201)
                _answered.Add(name);
        }
    }

    private void Hold(JsonNode reference, string json, string what, bool isAnswer)
    {
        var shape = ((string)reference["$ref"]!).Split('/')[^1];
        var instance = JsonDocument.Parse(json).RootElement;
        var result = ShapeOf(shape).Evaluate(instance, Options);
        var faults = (result.Details ?? []).Where(static detail => detail.Errors is { Count: > 0 }).SelectMany(static detail => detail.Errors!.Select(error => $"{detail.InstanceLocation} ({detail.EvaluationPath}): {error.Value}"));
        Assert.True(result.IsValid, $"{what} is no {shape}: {string.Join("; ", faults)}\n{json}");
        if (isAnswer)
            Note(shape, JsonNode.Parse(json)!);
    }

    /// <summary>Notes the members of a shape, and of the shapes in it that a member or the entries of a list refer to.</summary>
    private void Note(string shape, JsonNode json)
    {
        if (json is not JsonObject members)
            return;
        var seen = _members.TryGetValue(shape, out var known) ? known : _members[shape] = [];
        var described = document["components"]!["schemas"]![shape]!["properties"];
        foreach (var (name, value) in members)
        {
            seen.Add(name);
            if (value is not null && NameOf(described?[name]) is { } inner)
                Note(inner, value);
            else if (value is JsonArray list && NameOf(described?[name]?["items"]) is { } entry)
                list.ToList().ForEach(item => Note(entry, item!));
        }
    }

    private static string? NameOf(JsonNode? schema) => schema is JsonObject described && described["$ref"] is { } reference ? ((string)reference!).Split('/')[^1] : null;

    private JsonSchema ShapeOf(string name)
    {
        if (_shapes.TryGetValue(name, out var known))
            return known;
        var root = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["$ref"] = $"#/$defs/{name}", ["$defs"] = document["components"]!["schemas"]!.DeepClone() };
        return _shapes[name] = JsonSchema.FromText(root.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
    }

    private IEnumerable<(string Name, string Template, string Method, JsonNode Operation)> Operations() =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where operation.Value is JsonObject
        select ((string)operation.Value!["operationId"]!, path.Key, operation.Key, operation.Value);

    /// <summary>The path with its places open; only the last one may hold slashes.</summary>
    private static Regex Pattern(string template)
    {
        var written = Place().Replace(Regex.Escape(template).Replace("\\{", "{", StringComparison.Ordinal), "[^/]+");
        return new Regex($"^{written}$", RegexOptions.CultureInvariant);
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Place();
}
