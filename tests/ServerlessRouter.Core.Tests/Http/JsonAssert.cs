using System.Text.Json.Nodes;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>Compares whole documents: members in any order, nothing more and nothing less.</summary>
internal static class JsonAssert
{
    public static void Equal(string expected, string actual)
    {
        if (!JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)))
            Assert.Equal(expected, actual);
    }

    public static async Task EqualAsync(string expected, HttpResponseMessage response) => Equal(expected, await response.Content.ReadAsStringAsync());
}
