using ServerlessRouter.Testing.Chance;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>Requests to the endpoints of keys that must be refused, drawn by a seed.</summary>
internal static class MalformedKeyRequest
{
    private static readonly string[] BadMembers =
    [
        "\"tier\":\"gold\"", "\"tier\":5", "\"tier\":null,\"tier\":\"pro\"", "\"routes\":\"auto\"", "\"routes\":[]", "\"routes\":[5]", "\"routes\":[\"nowhere\"]", "\"expires\":\"soon\"", "\"expires\":5",
        "\"expires\":\"1999-01-01\"", "\"tags\":[]", "\"tags\":{\"a\":5}", "\"tags\":{\"\":\"x\"}", "\"tags\":{\"a=b\":\"x\"}", "\"tags\":{\"a\":\"\\u0007\"}", "\"disabled\":\"no\"", "\"disabled\":1", "\"metadata\":5", "\"metadata\":{\"a\":5}",
        "\"secret\":\"env:X\"", "\"key\":\"sk-mine\"", "\"max_budget\":10", "\"__proto__\":{}", "\"id\":\"key_1\"", "\"created_by\":\"admin\"",
        "\"budget\":5", "\"budget\":[]", "\"budget\":{}", "\"budget\":{\"usd\":0,\"per\":\"day\"}", "\"budget\":{\"usd\":-1,\"per\":\"day\"}", "\"budget\":{\"usd\":1e99,\"per\":\"day\"}", "\"budget\":{\"usd\":1}",
        "\"budget\":{\"usd\":1,\"per\":\"fortnight\"}", "\"budget\":[{\"usd\":1,\"per\":\"day\"},{\"usd\":2,\"per\":\"day\"}]", "\"budget\":[5]", "\"budget\":{\"usd\":1,\"per\":\"day\",\"reset\":true}",
        "\"requestsPerMinute\":0", "\"requestsPerMinute\":-2", "\"requestsPerMinute\":\"10\"", "\"tokensPerMinute\":0.5", "\"tokensPerMinute\":1e99", "\"concurrentRequests\":0", "\"concurrentRequests\":true",
    ];

    private static readonly string[] BadNames = ["\"\"", "5", "null", "[]", "{}", "true", "\"a b\"", "\"\\u0000\"", "\"\\ud800\"", "\"ключ\"", "\"sk-proj-123\"", "\"team-a\"", "\"search\"", $"\"{new string('n', 500)}\"", "\"a\\\"b\""];

    private static readonly string[] BadBodies =
    [
        "", " ", "null", "5", "[]", "\"name\"", "{", "{\"name\"", "{\"name\":}", "{\"name\":\"x\"}}", "\u00ff\u00fe", "name=search", "<key/>", "{\"name\":\"x\",}", "{'name':'x'}", "{\"name\":\"\\x\"}",
        new string('[', 5000), "{\"a\":" + new string('[', 100) + new string(']', 100) + "}", "{\"name\":\"x\",\"name\":\"y\"}", "{\"\\ud800\":1}",
    ];

    private static readonly string[] BadIds = ["x", "key_", "..", "%2e%2e", "key_0000000000000000000", "'%20OR%201=1--", "search", "*", new string('k', 600), "key_%2Frotate", "%F0%9F%94%91"];

    private static readonly string[] BadQueries = ["limit=0", "limit=-1", "limit=1001", "limit=x", "limit=", "after=%00", "after=key.1", "after=../state", "page=2", "order=asc"];

    public static (string Method, string Path, string? Body) Draw(SeededRandomSource luck, string id) => luck.Next(7) switch
    {
        0 => ("POST", "v1/admin/keys", Pick(luck, BadBodies)),
        1 => ("POST", "v1/admin/keys", $$"""{"name":{{Pick(luck, BadNames)}}}"""),
        2 => ("POST", "v1/admin/keys", $$"""{"name":"n-{{luck.Next(1000)}}",{{Pick(luck, BadMembers)}}}"""),
        3 => luck.Next(2) == 0 ? ("PATCH", $"v1/admin/keys/{id}", $$"""{{{Pick(luck, BadMembers)}}}""") : ("PATCH", $"v1/admin/keys/{id}", luck.Next(2) == 0 ? Pick(luck, BadBodies) : """{"name":"other"}"""),
        4 => DrawForNone(luck),
        5 => DrawForOthers(luck),
        _ => luck.Next(2) == 0
            ? ("GET", $"v1/admin/keys?{Pick(luck, BadQueries)}", null)
            : ("POST", $"v1/admin/keys/{id}/rotate", Pick(luck, ["{\"overlapSeconds\":-1}", "{\"overlapSeconds\":1e99}", "{\"overlapSeconds\":\"1\"}", "{\"overlap\":1}", "[]", "x", "{\"overlapSeconds\":2592001}", "{\"overlapSeconds\":0.5}"])),
    };

    private static (string Method, string Path, string? Body) DrawForNone(SeededRandomSource luck)
    {
        var path = $"v1/admin/keys/{Pick(luck, BadIds)}";
        return luck.Next(6) switch
        {
            0 => ("GET", path, null),
            1 => ("PATCH", path, """{"tier":"pro"}"""),
            2 => ("DELETE", path, null),
            3 => ("POST", $"{path}/rotate", null),
            4 => ("POST", $"{path}/disable", null),
            _ => ("POST", $"{path}/enable", null),
        };
    }

    private static (string Method, string Path, string? Body) DrawForOthers(SeededRandomSource luck) => luck.Next(5) switch
    {
        0 => ("GET", $"v1/admin/audit?{Pick(luck, BadQueries)}", null),
        1 => ("GET", $"v1/admin/budgets?{Pick(luck, BadQueries)}", null),
        2 => ("PUT", "v1/admin/configuration", Pick(luck, BadBodies)),
        3 => ("POST", $"v1/admin/configuration/versions/{Pick(luck, BadIds)}/activate", null),
        _ => ("GET", $"v1/admin/configuration/versions/{Pick(luck, BadIds)}/diff", null),
    };

    private static T Pick<T>(SeededRandomSource luck, T[] from) => from[luck.Next(from.Length)];
}
