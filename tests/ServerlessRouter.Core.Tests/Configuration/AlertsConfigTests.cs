using ServerlessRouter.Configuration;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public sealed class AlertsConfigTests
{
    private const string Secret = "a-secret-to-sign-with";

    [Fact]
    public async Task Accepts_NothingWritten_Defaults() => Assert.Equal(AlertsModel.Default, (await new ConfigurationDraft().AcceptAsync()).Alerts);

    [Fact]
    public async Task Accepts_PlacesAndThresholds()
    {
        var draft = Draft("""
            {"webhooks":[{"url":"env:SLACK_URL","format":"slack","events":["budget","errors"]},{"url":"http://hooks.internal/alerts"}],"quietMinutes":5,"groupSeconds":0,"keepDays":7,"breakerSeconds":10,
             "errors":{"share":0.2,"criticalShare":0.3,"minimumRequests":5,"windowMinutes":10},"latency":{"seconds":3}}
            """);
        var result = await draft.LoadAsync(("SIGN", Secret), ("SLACK_URL", "https://hooks.slack.com/services/T0/B0/xyz"));

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        var alerts = result.Model!.Alerts;
        Assert.Equal((AlertFormat.Slack, "https://hooks.slack.com/services/T0/B0/xyz", AlertFormat.Standard), (alerts.Webhooks[0].Format, alerts.Webhooks[0].Url, alerts.Webhooks[1].Format));
        Assert.Equal((true, false, true), (alerts.Webhooks[0].Wants(AlertType.Errors), alerts.Webhooks[0].Wants(AlertType.Breaker), alerts.Webhooks[1].Wants(AlertType.Breaker)));
        Assert.Equal((5, 0, 0.2, 0.3, 10, 3), (alerts.Quiet.TotalMinutes, alerts.Group.TotalSeconds, alerts.Errors.Share, alerts.Errors.CriticalShare, alerts.Errors.Window.TotalMinutes, alerts.Latency.Slow!.Value.TotalSeconds));
    }

    [Theory]
    [InlineData("""{"webhooks":[{"url":"https://h.example/","events":["budgets"]}]}""", "alerts.webhooks[0].events[0]", "budget")]
    [InlineData("""{"webhooks":[{"url":"https://h.example/","events":[]}]}""", "alerts.webhooks[0].events", "empty list")]
    [InlineData("""{"webhooks":[{"url":"https://h.example/","format":"discord"}]}""", "alerts.webhooks[0].format", "discord")]
    [InlineData("""{"webhooks":[{"url":"not a url"}]}""", "alerts.webhooks[0].url", "https URL")]
    [InlineData("""{"webhooks":[{"url":"https://user:pass@h.example/"}]}""", "alerts.webhooks[0].url", "without a user name")]
    [InlineData("""{"webhooks":[{"url":"ftp://h.example/"}]}""", "alerts.webhooks[0].url", "https URL")]
    [InlineData("""{"webhooks":[{"url":"http://h.example/"}]}""", "alerts.webhooks[0].url", "must be https")]
    [InlineData("""{"webhooks":[{"url":"sha256:00"}]}""", "alerts.webhooks[0].url", "hash")]
    [InlineData("""{"webhooks":[{"url":"env:ROUTER_TEST_UNSET"}]}""", "alerts.webhooks[0].url", "ROUTER_TEST_UNSET")]
    [InlineData("""{"webhooks":[{}]}""", "alerts.webhooks[0].url", "")]
    [InlineData("""{"webhooks":[{"url":"https://h.example/"},{"url":"https://h.example/"}]}""", "alerts.webhooks[1]", "twice")]
    [InlineData("""{"errors":{"share":0.6}}""", "alerts.errors.criticalShare", "below")]
    [InlineData("""{"errors":{"share":0}}""", "alerts.errors.share", "between")]
    [InlineData("""{"quietMinutes":0}""", "alerts.quietMinutes", "between")]
    [InlineData("""{"groupSeconds":-1}""", "alerts.groupSeconds", "between")]
    [InlineData("""{"webhook":[]}""", "alerts.webhook", "webhooks")]
    public async Task Rejects_WhatCannotBe_ByName(string alerts, string path, string hint)
    {
        var result = await Draft(alerts).LoadAsync(("SIGN", Secret));

        var error = Assert.Single(result.Errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task Rejects_PlaceWithoutASecretToSignWith() =>
        new ConfigurationDraft().Set("alerts", """{"webhooks":[{"url":"https://h.example/"}]}""").RejectAsync("alerts.webhooks[0].url", "needs webhooks.secret");

    [Fact]
    public async Task Warns_UrlThatHoldsASecret_WithoutRepeatingIt()
    {
        var result = await Draft("""{"webhooks":[{"url":"https://hooks.slack.com/services/T0/B0/s3cret","format":"slack"}]}""").LoadAsync(("SIGN", Secret));

        var warning = Assert.Single(result.Warnings);
        Assert.Equal("alerts.webhooks[0].url", warning.Path);
        Assert.DoesNotContain("s3cret", warning.ToString(), StringComparison.Ordinal);
    }

    private static ConfigurationDraft Draft(string alerts) => new ConfigurationDraft().Set("webhooks", """{"secret":"env:SIGN","privateHosts":["hooks.internal"]}""").Set("alerts", alerts);
}
