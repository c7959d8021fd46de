using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Template;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Reference;

/// <summary>Composes the OpenAPI document: what does not depend on the endpoints stands in <c>openapi.json</c>, the paths come from their table.</summary>
internal static class ReferenceDocument
{
    /// <summary>The same for every configuration. HEAD is left out: it is GET without a body.</summary>
    public static ReadOnlyMemory<byte> Compose(IEnumerable<DescribedEndpoint> endpoints)
    {
        var document = JsonNode.Parse(ReferenceResources.Read("openapi.json"))!.AsObject();
        document["info"]!["version"] = typeof(ReferenceDocument).Assembly.GetName().Version!.ToString(3);
        var paths = document["paths"]!.AsObject();
        foreach (var endpoint in endpoints)
        {
            var url = $"/{endpoint.Pattern.Replace("**", "", StringComparison.Ordinal)}";
            if (paths[url] is not JsonObject path)
                paths[url] = path = [];
            foreach (var method in endpoint.Methods.Where(static method => !HttpMethods.IsHead(method)))
                path[method.ToLowerInvariant()] = Operation(endpoint, EndpointDescriptions.ByName[endpoint.Name]);
        }

        var output = new ArrayBufferWriter<byte>(65536);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        document.WriteTo(writer);
        writer.Flush();
        return output.WrittenMemory;
    }

    private static JsonObject Operation(DescribedEndpoint endpoint, EndpointDescription description)
    {
        var operation = new JsonObject
        {
            ["operationId"] = endpoint.Name,
            ["tags"] = new JsonArray((JsonNode)description.Tag),
            ["summary"] = description.Summary,
            ["security"] = new JsonArray([.. description.Keys.Select(static key => new JsonObject { [key] = new JsonArray() })]),
        };
        JsonNode[] parameters = [.. InPath(endpoint.Pattern), .. description.Parameters.Select(static name => Reference("parameters", name))];
        if (parameters.Length > 0)
            operation["parameters"] = new JsonArray(parameters);
        if (description.Body is { } body)
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(body) };
        operation["responses"] = Responses(description);
        return operation;
    }

    private static IEnumerable<JsonObject> InPath(string pattern) => TemplateParser.Parse(pattern).Parameters.Select(static parameter => new JsonObject
    {
        ["name"] = parameter.Name,
        ["in"] = "path",
        ["required"] = true,
        ["schema"] = new JsonObject { ["type"] = "string" },
    });

    private static JsonObject Responses(EndpointDescription description)
    {
        var content = Content(description.Answer);
        if (description.Event is { } data)
            content["text/event-stream"] = Shape(data);
        var responses = new JsonObject { [description.Status] = Response("The answer.", content) };
        if (description.Later is { } later)
            responses["202"] = Response("What has not ended.", Content(later));
        responses["default"] = Response("What is wrong.", Content(description.Failure));
        return responses;
    }

    private static JsonObject Response(string text, JsonObject content) => new()
    {
        ["description"] = text,
        ["headers"] = new JsonObject { ["x-request-id"] = Reference("headers", "RequestId") },
        ["content"] = content,
    };

    private static JsonObject Content(string shape) => new() { [MediaTypeOf(shape)] = Shape(shape) };

    private static string MediaTypeOf(string shape) => shape switch
    {
        "FileUpload" => "multipart/form-data",
        "FileBytes" => "application/jsonl",
        "Page" => "text/html",
        "PageFile" => "text/javascript",
        "Nothing" => "text/plain",
        _ => JsonAnswer.ContentType,
    };

    private static JsonObject Shape(string name) => new() { ["schema"] = Reference("schemas", name) };

    private static JsonObject Reference(string kind, string name) => new() { ["$ref"] = $"#/components/{kind}/{name}" };
}
