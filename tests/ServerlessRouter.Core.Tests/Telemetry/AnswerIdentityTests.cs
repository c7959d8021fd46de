using System.Text;
using ServerlessRouter.Telemetry;
using Xunit;

namespace ServerlessRouter.Core.Tests.Telemetry;

public sealed class AnswerIdentityTests
{
    [Theory]
    [InlineData("""{"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4o","choices":[{"id":"no","model":"no"}]}""", "chatcmpl-1", "gpt-4o")]
    [InlineData("""{"choices":[{"id":"no"}],"usage":{"model":"no"},"model":"m","id":"last"}""", "last", "m")]
    [InlineData("""{"id":7,"model":null}""", null, null)]
    [InlineData("""{"data":[]}""", null, null)]
    [InlineData("""{"id":"cut","mod""", null, null)]
    [InlineData("no JSON", null, null)]
    [InlineData("", null, null)]
    public void OfDocument_TheNamesAtTheTop_OrNone(string json, string? id, string? model) =>
        Assert.Equal(new AnswerIdentity(id, model), AnswerIdentity.OfDocument(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("data: {\"id\":\"c1\",\"model\":\"m1\",\"choices\":[]}\n\ndata: {\"id\":\"c2\"}\n\n", "c1", "m1")]
    [InlineData(": ping\r\n\r\nevent: message_start\r\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"model\":\"claude\"}}\r\n\r\n", "msg_1", "claude")]
    [InlineData("event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"model\":\"gpt\"}}\n\n", "resp_1", "gpt")]
    [InlineData("data: [DONE]\n\n", null, null)]
    [InlineData("data: {\"id\":\"cut", null, null)]
    public void OfEvents_TheFirstThatHasThem(string events, string? id, string? model) =>
        Assert.Equal(new AnswerIdentity(id, model), AnswerIdentity.OfEvents(Encoding.UTF8.GetBytes(events)));

    [Fact]
    public void OfDocument_NameThatIsNoName_IsLeftOut() =>
        Assert.Equal(default, AnswerIdentity.OfDocument(Encoding.UTF8.GetBytes($$"""{"id":"{{new string('x', 1000)}}"}""")));
}
