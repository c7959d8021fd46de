using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public sealed class QueueConfigTests
{
    [Fact]
    public async Task Accepts_NothingWritten_TheQueueActsAsNoKey()
    {
        var model = await Draft().AcceptAsync();

        Assert.All(model.CallersByKeyHash.Values, caller => Assert.False(model.Queue.Allows(caller.Name, caller.Tier)));
    }

    [Theory]
    [InlineData("""{"keys":["ann"]}""", "ann")]
    [InlineData("""{"tiers":["batch"]}""", "bob")]
    [InlineData("""{"keys":["ann"],"tiers":["batch"]}""", "ann,bob")]
    [InlineData("""{"tiers":["default"]}""", "ann")]
    [InlineData("{}", "")]
    public async Task Accepts_KeysAndTiers_TheQueueActsAsThoseAlone(string queue, string allowed)
    {
        var model = await Draft().Set("queue", queue).AcceptAsync();

        var named = model.CallersByKeyHash.Values.Where(caller => model.Queue.Allows(caller.Name, caller.Tier)).Select(static caller => caller.Name).Order();
        Assert.Equal(allowed, string.Join(',', named));
    }

    [Fact]
    public Task Rejects_KeyThatIsNotThere() => Draft().Set("queue", """{"keys":["ann","anne"]}""").RejectAsync("queue.keys[1]", "did you mean \"ann\"");

    [Fact]
    public Task Rejects_TierThatIsNotThere() => Draft().Set("queue", """{"tiers":["batches"]}""").RejectAsync("queue.tiers[0]", "is not a configured tier");

    private static ConfigurationDraft Draft() => new ConfigurationDraft()
        .Set("tiers.batch", "{}").Set("keys.ann", KeyOf('a', "default")).Set("keys.bob", KeyOf('b', "batch"));

    private static string KeyOf(char digit, string tier) => $$"""{"secret":"sha256:{{new string(digit, 64)}}","tier":"{{tier}}"}""";
}
