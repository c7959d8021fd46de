using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Chat;
using ServerlessRouter.Core.Tests.Providers.Anthropic;
using Xunit;

namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>What a coding agent sends reaches every kind of vendor in a form that it takes.</summary>
public sealed class AgentConversationTests
{
    [Fact]
    public void Read_AgentsRequest_KeepsAllForAnthropic()
    {
        var back = Translation.Of(MessagesChat.Read(AgentConversation.Request).ToJsonString(), Translation.Opus48);

        Assert.Null(back.RefusedParam);
        Assert.Equal("""[{"type":"text","text":"You are an agent for coding.","cache_control":{"type":"ephemeral"}},{"type":"text","text":"Environment: linux\nToday: 2026-11-30","cache_control":{"type":"ephemeral"}}]""", back.Member("system"));
        Assert.Equal("thinking", (string)back.Sent["messages"]![1]!["content"]![0]!["type"]!);
        Assert.Equal(3, back.Sent["messages"]!.AsArray().Count);
        Assert.Equal("image", (string)back.Sent["messages"]![2]!["content"]![1]!["content"]![1]!["type"]!);
        Assert.Equal("true", back.Member("messages.2.content.2.is_error"));
        Assert.Equal("""{"type":"adaptive"}""", back.Member("thinking"));
        Assert.Equal("""{"effort":"medium"}""", back.Member("output_config"));
        Assert.NotNull(back.Member("context_management"));
        Assert.NotNull(back.Member("metadata.user_id"));
    }

    [Fact]
    public void Write_AgentsRequestForOthers_HasNothingThatTheyRefuse()
    {
        var plain = new System.Buffers.ArrayBufferWriter<byte>();
        PlainChat.Write(MessagesChat.ReadBytes(AgentConversation.Request), plain);
        var text = Encoding.UTF8.GetString(plain.WrittenSpan);
        var chat = JsonNode.Parse(text)!;

        foreach (var name in new[] { "cache_control", "thinking", "signature", "reasoning_details", "output_config", "context_management", "is_error", "billing" })
            Assert.DoesNotContain(name, text, StringComparison.Ordinal);
        Assert.Equal("medium", (string)chat["reasoning_effort"]!);
        Assert.Equal(64, ((string)chat["user"]!).Length);
        Assert.All(chat["tools"]!.AsArray(), static tool => Assert.InRange(((string)tool!["function"]!["name"]!).Length, 1, 64));
        Assert.Equal(["system", "user", "assistant", "tool", "tool", "tool", "user"], chat["messages"]!.AsArray().Select(static message => (string)message!["role"]!));
        Assert.Equal("\"You are an agent for coding.\\n\\nEnvironment: linux\\nToday: 2026-11-30\"", chat["messages"]![0]!["content"]!.ToJsonString());
        Assert.Equal("\"Screenshot taken.\"", chat["messages"]![4]!["content"]!.ToJsonString());
        Assert.Equal("""[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}},{"type":"text","text":"\u003Csystem-reminder\u003EBe quick.\u003C/system-reminder\u003E"}]""", chat["messages"]![6]!["content"]!.ToJsonString());
    }

    [Fact]
    public void Read_SamePromptWithAnotherBillingLine_IsTheSameChat() =>
        Assert.Equal(MessagesChat.ReadBytes(AgentConversation.Request), MessagesChat.ReadBytes(AgentConversation.Request.Replace("cch=36ee5", "cch=0aaa9", StringComparison.Ordinal)));
}
