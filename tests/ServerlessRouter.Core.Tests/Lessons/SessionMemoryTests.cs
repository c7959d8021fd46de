using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Lessons;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Lessons;

/// <summary>Who answered a conversation last, and what its vendor's cache holds.</summary>
public sealed class SessionMemoryTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly RouterModel _router = new RouterBuilder().Model("mini").Build();
    private readonly SessionMemory _sessions;

    public SessionMemoryTests() => _sessions = new SessionMemory(_time);

    [Theory]
    [InlineData("x-session-id", "")]
    [InlineData(null, ",\"session_id\":\"s\"")]
    [InlineData(null, ",\"prompt_cache_key\":\"s\"")]
    public void Find_ConversationGoesOn_TellsWhoAnswered(string? header, string fields)
    {
        var context = Context(fields, header is null ? [] : [(header, "s")]);
        _sessions.Remember(context, "mini", new TokenUsage(4000, 10));

        Assert.Equal(new SessionModel("mini", 4000), _sessions.Find(context));
    }

    [Fact]
    public void Find_OnlyTheUserIsNamed_IsNoConversation()
    {
        var context = Context(",\"user\":\"u\"");
        _sessions.Remember(context, "mini", new TokenUsage(4000, 10));

        Assert.Null(_sessions.Find(context));
    }

    [Fact]
    public void Find_SameNameOfAnotherCaller_IsAnotherConversation()
    {
        var (mine, theirs) = (Session("s"), Session("s"));
        (mine.CallerName, theirs.CallerName) = ("team-a", "team-b");
        _sessions.Remember(mine, "mini", new TokenUsage(4000, 10));

        Assert.Null(_sessions.Find(theirs));
        Assert.NotNull(_sessions.Find(mine));
    }

    [Fact]
    public void Find_IdleForTenMinutes_HasForgotten()
    {
        _sessions.Remember(Session("s"), "mini", new TokenUsage(4000, 10));
        _time.Advance(SessionMemory.Idle - TimeSpan.FromSeconds(1));
        Assert.NotNull(_sessions.Find(Session("s")));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_sessions.Find(Session("s")));
    }

    [Fact]
    public void Find_ShortPrompt_ExpectsNothingOfTheCache()
    {
        _sessions.Remember(Session("s"), "mini", new TokenUsage(Conversation.MinCachedTokens - 1, 10));

        Assert.Equal(new SessionModel("mini", 0), _sessions.Find(Session("s")));
    }

    [Fact]
    public void Find_VendorDidNotCache_ExpectsNothingUntilItDoes()
    {
        _sessions.Remember(Session("s"), "mini", new TokenUsage(4000, 10));
        _sessions.Remember(Session("s"), "mini", new TokenUsage(5000, 10));
        Assert.Equal(0, _sessions.Find(Session("s"))!.Value.CachedTokens);
        _sessions.Remember(Session("s"), "mini", new TokenUsage(6000, 10));
        Assert.Equal(0, _sessions.Find(Session("s"))!.Value.CachedTokens);

        _sessions.Remember(Session("s"), "mini", new TokenUsage(7000, 10) { CachedTokens = 6000 });
        Assert.Equal(7000, _sessions.Find(Session("s"))!.Value.CachedTokens);
    }

    [Fact]
    public void Remember_ManyConversations_KeepsOnlySoMany()
    {
        const int Many = 50_000;
        for (var number = 0; number < Many; number++)
            _sessions.Remember(Session($"s-{number}"), "mini", new TokenUsage(4000, 10));

        var kept = Enumerable.Range(0, Many).Count(number => _sessions.Find(Session($"s-{number}")) is not null);
        Assert.InRange(kept, 4_000, 8_192);
        Assert.NotNull(_sessions.Find(Session($"s-{Many - 1}")));
    }

    private RequestContext Session(string name) => Context("", ("x-session-id", name));

    private RequestContext Context(string fields, params (string, string)[] headers) => new(
        "r", _router, ScannedRequest.Of($$"""{"model":"mini","messages":[{"role":"user","content":"hi"}]{{fields}}}"""), new ListedHeaders(headers), receivedAt: 1);
}
