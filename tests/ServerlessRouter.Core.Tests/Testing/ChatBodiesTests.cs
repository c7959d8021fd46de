using System.Text.Json.Nodes;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Testing;

public class ChatBodiesTests
{
    [Fact]
    public void All_Bodies_AreWhatTheyAreNamed()
    {
        Assert.Equal("ø", (string?)Parse(ChatBodies.Plain("ø"))["messages"]![0]!["content"]);
        Assert.True((bool?)Parse(ChatBodies.Streamed())["stream_options"]!["include_usage"]);
        Assert.Equal(ChatBodies.WeatherTool, (string?)Parse(ChatBodies.WithTools())["tools"]![0]!["function"]!["name"]);
        Assert.Equal("tool", (string?)Parse(ChatBodies.WithToolResult())["messages"]![2]!["role"]);
        Assert.Equal("json_schema", (string?)Parse(ChatBodies.WithSchema())["response_format"]!["type"]);
        Assert.Equal(ChatBodies.PixelDataUrl, (string?)Parse(ChatBodies.WithImage())["messages"]![0]!["content"]![1]!["image_url"]!["url"]);
        Assert.Equal("b", (string?)Parse(ChatBodies.Conversation(("system", "a"), ("user", "b")))["messages"]![1]!["content"]);
        Assert.Equal(0.5, (double?)Parse(ChatBodies.With(ChatBodies.Plain(), "temperature", "0.5"))["temperature"]);
    }

    private static JsonNode Parse(byte[] body) => JsonNode.Parse(body)!;
}
