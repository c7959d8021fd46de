using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Http;
using ServerlessRouter.Http;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Dispatch;

public sealed class CascadeKeepAliveTests
{
    private const string First = """{"choices":[{"index":0,"delta":{"content":"It is"}}]}""";
    private const string Second = """{"choices":[{"index":0,"delta":{"content":" Paris."}}]}""";
    private const string Last = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    [Fact]
    public async Task Post_CheapStreamIsKeptForLong_TheCallerHearsCommentsAndThenTheWholeStream()
    {
        await using var server = await HttpServer.StartAsync();
        var pause = EventStreamAnswer.KeepAliveInterval + TimeSpan.FromSeconds(5);
        var world = new DispatchWorld { Time = server.Time }.Streaming("cheap", Event(First), new StreamMove.Pauses(pause), Event(Second), Event(Last));
        server.Pipeline.Answer = (context, _) => world.RunAsync(Planned(context)).AsTask();

        var pending = server.PostAsync(ChatBodies.Streamed());
        await server.Time.WaitForTimerDueInAsync(pause);
        server.Time.Advance(EventStreamAnswer.KeepAliveInterval);
        using var response = await pending;
        await using var events = new SseReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(new SseEvent(Comment: "keep-alive"), await events.ReadAsync());

        server.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([First, Second, Last, "[DONE]"], (await events.ReadAllAsync()).Select(static received => received.Data));
    }

    private static StreamMove.Content Event(string chunk) => new($"data: {chunk}\n\n");

    private static RequestContext Planned(RequestContext context)
    {
        var (cheap, strong) = (Given.Model("cheap"), Given.Model("strong"));
        var cascade = new CascadeModel { Steps = [cheap, strong], Checks = [.. AnswerCheckNames.All], BufferBytes = CascadeModel.DefaultBufferBytes };
        var planned = Given.Request(TimeProvider.System, [cheap, strong], isStream: true);
        context.Route = planned.Route;
        context.Profile = planned.Profile;
        context.Plan = planned.Plan with { Cascade = new CascadePlan(cascade, 2, []) };
        return context;
    }
}
