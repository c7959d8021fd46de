using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using ServerlessRouter.Core.Tests.Architecture;
using ServerlessRouter.Http;
using ServerlessRouter.Http.Reference;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>The OpenAPI document and the page that shows it.</summary>
public sealed partial class ReferenceTests
{
    private const string Document = "openapi.json";
    private const string Page = "docs";

    [Fact]
    public void Descriptions_AreThoseOfTheTable() =>
        Assert.Equal(Listed().Select(static endpoint => endpoint.Name).Order(), EndpointDescriptions.ByName.Keys.Order());

    [Fact]
    public async Task Document_IsValidOpenApi()
    {
        var read = OpenApiDocument.Parse(await GetAsync(Document), "json");

        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        Assert.Empty(read.Document!.Validate(ValidationRuleSet.GetDefaultRuleSet()));
    }

    [Fact]
    public async Task Document_HasEveryEndpointAndNothingElse()
    {
        using var document = JsonDocument.Parse(await GetAsync(Document));

        var described =
            from path in document.RootElement.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            select $"{operation.Value.GetProperty("operationId").GetString()} {operation.Name.ToUpperInvariant()} {path.Name}";

        var served =
            from endpoint in Listed()
            from method in endpoint.Methods
            where method != "HEAD"
            select $"{endpoint.Name} {method} /{endpoint.Pattern.Replace("{**", "{", StringComparison.Ordinal)}";
        Assert.Equal(served.Order(), described.Order());
    }

    [Fact]
    public async Task Document_WhatIsReferredTo_IsThere_AndNothingElse()
    {
        using var document = JsonDocument.Parse(await GetAsync(Document));

        var defined =
            from kind in document.RootElement.GetProperty("components").EnumerateObject()
            from component in kind.Value.EnumerateObject()
            select $"#/components/{kind.Name}/{component.Name}";
        Assert.Equal(defined.Order(), ReferencesIn(document.RootElement).Distinct().Order());
    }

    [Fact]
    public async Task Document_Tags_AreDefined()
    {
        using var document = JsonDocument.Parse(await GetAsync(Document));

        var defined = document.RootElement.GetProperty("tags").EnumerateArray().Select(static tag => tag.GetProperty("name").GetString());
        Assert.Equal(defined.Order(), EndpointDescriptions.ByName.Values.Select(static description => description.Tag).Distinct().Order());
    }

    [Fact]
    public async Task Document_PathsParameters_AreDeclared()
    {
        using var document = JsonDocument.Parse(await GetAsync(Document));

        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            var written = PlaceInPath().Matches(path.Name).Select(static place => place.Groups[1].Value);
            foreach (var operation in path.Value.EnumerateObject())
            {
                var declared = operation.Value.TryGetProperty("parameters", out var parameters)
                    ? parameters.EnumerateArray().Where(static parameter => parameter.TryGetProperty("in", out var place) && place.ValueEquals("path")).Select(static parameter => parameter.GetProperty("name").GetString()!)
                    : [];
                Assert.Equal(written, declared);
            }
        }
    }

    /// <summary>Neither depends on the configuration, so they tell nothing that the program's own documentation does not.</summary>
    [Theory]
    [InlineData(Document, "application/json")]
    [InlineData(Page, "text/html")]
    public async Task WithKeys_NoKeySent_IsAnswered(string path, string type)
    {
        await using var server = await HttpServer.StartAsync(new RouterBuilder().Model("mini").Key("sk-a-callers-key", "caller").Build());

        using var answer = await server.Client.GetAsync(path);
        using var head = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(answer.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Page_HasAPolicyThatLetsItsOwnScriptAndStyleRun_AndNothingElse()
    {
        await using var server = await HttpServer.StartAsync();
        using var answer = await server.Client.GetAsync(Page);
        var page = await answer.Content.ReadAsStringAsync();

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));

        Assert.Equal(
            $"default-src 'none'; script-src '{HashOf(page, "script")}'; style-src '{HashOf(page, "style")}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", policy);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    /// <summary>What the policy would keep from working: other origins, handlers and styles inside of tags, and HTML made of text.</summary>
    [Fact]
    public async Task Page_RefersToNothingElsewhere()
    {
        var page = await GetAsync(Page);

        Assert.True(page.Length < 40 * 1024);
        Assert.DoesNotContain("//", page, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", page, StringComparison.Ordinal);
        Assert.Empty(InlineHandlerOrStyle().Matches(page));
        Assert.Equal(["data:,", "#operations", "openapi.json"], Link().Matches(page).Select(static link => link.Groups[1].Value).Distinct());
    }

    private static IEnumerable<RouterEndpoint> Listed()
    {
        var table = EndpointTable.Create();
        return table.All.Where(endpoint => endpoint != table.Unlisted);
    }

    private static async Task<string> GetAsync(string path)
    {
        await using var server = await HttpServer.StartAsync();
        return await server.Client.GetStringAsync(path);
    }

    /// <summary>By <c>$ref</c>, and the security schemes by name.</summary>
    private static IEnumerable<string> ReferencesIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static member => member.Name switch
        {
            "$ref" => [member.Value.GetString()!],
            "security" => member.Value.EnumerateArray().Select(static one => $"#/components/securitySchemes/{one.EnumerateObject().Single().Name}"),
            _ => ReferencesIn(member.Value),
        }),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(ReferencesIn),
        _ => [],
    };

    private static string HashOf(string page, string element)
    {
        var text = Assert.Single(Regex.Matches(page, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline)).Groups[1].Value;
        return $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PlaceInPath();

    [GeneratedRegex(@"<[^>]*\s(on\w+|style)\s*=")]
    private static partial Regex InlineHandlerOrStyle();

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Link();
}
