using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Alerts;
using ServerlessRouter.Alerts.Delivery;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Jobs;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Webhooks;
using Xunit;

namespace ServerlessRouter.Core.Tests.Alerts;

/// <summary>Receivers are told at least once, in order, by one of many instances, and whatever a receiver or an instance does the others are told all the same.</summary>
public sealed class AlertMessagesTests
{
    private const string Secret = "a-secret-to-sign-with";

    [Fact]
    public async Task Deliver_FiredAndResolved_AreToldOnceEachAndSigned()
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver);
        using var instance = new AlertInstance(scene);

        await instance.RaiseAsync();
        await instance.EndAsync();
        await instance.TurnAsync();

        Assert.Equal([null, "2026-01-01T00:00:00Z"], receiver.Calls.Select(static call => (string?)JsonNode.Parse(call.Body)!["resolved"]));
        var (call, told) = (receiver.Calls[0], JsonNode.Parse(receiver.Calls[0].Body)!);
        Assert.Equal(["id", "type", "subject", "severity", "figures", "cause", "since", "resolved"], told.AsObject().Select(static member => member.Key));
        Assert.Equal(("breaker", "vendor/mini", "warning", 1), ((string?)told["type"], (string?)told["subject"], (string?)told["severity"], (int)told["figures"]!["level"]!));
        Assert.Equal(WebhookSignature.Sign(call.Headers["webhook-id"], long.Parse(call.Headers["webhook-timestamp"]), call.Body, Encoding.UTF8.GetBytes(Secret)), call.Headers["webhook-signature"]);
        Assert.Equal(2, receiver.Calls.Select(static call => call.Headers["webhook-id"]).Distinct().Count());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Deliver_OnSeveralInstancesAtOnce_IsToldOnce(int count)
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver);
        AlertInstance[] instances = [.. Enumerable.Range(0, count).Select(place => new AlertInstance(scene, $"i-{place}"))];

        await Task.WhenAll(instances.Select(static instance => Task.Run(() => instance.RaiseAsync())));
        await Task.WhenAll(instances.Select(static instance => Task.Run(() => instance.EndAsync())));
        foreach (var instance in instances)
            await instance.TurnAsync();

        Assert.Equal(2, receiver.Calls.Count);
        foreach (var instance in instances)
            instance.Dispose();
    }

    [Fact]
    public async Task Deliver_InstanceDiesBetweenClaimAndSending_AnotherTellsOnceTheLeaseIsOver()
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver);
        using var second = new AlertInstance(scene, "second");
        await scene.RaiseAsync(AlertScene.Signal());
        await foreach (var row in scene.Store.QueryAsync(AlertTables.Alerts, TableQuery.InPartition(AlertTables.Now, AlertTables.WaitingMessages)))
        {
            var claimed = AlertMessageRow.Read(row) with { LeaseOwner = "dead", LeaseUntil = scene.Time.GetUtcNow() + AlertMessagesOptions.Lease };
            await scene.Store.WriteAsync(AlertTables.Alerts, claimed.ToWrite());
        }

        await second.TurnAsync();
        Assert.Empty(receiver.Calls);
        scene.Time.Advance(AlertMessagesOptions.Lease);
        await second.TurnAsync();
        await second.TurnAsync();

        Assert.Single(receiver.Calls);
    }

    [Fact]
    public async Task Deliver_ReceiverFails_ComesAgainAfterGrowingWaitsInOrderUnderTheSameId()
    {
        await using var receiver = new WebhookReceiver(500, 503, 429);
        using var scene = Scene(receiver);
        using var instance = new AlertInstance(scene);
        await instance.RaiseAsync();
        await instance.EndAsync();

        for (var minute = 0; minute < 30; minute++)
        {
            scene.Time.Advance(TimeSpan.FromMinutes(1));
            await instance.TurnAsync();
        }

        Assert.Equal(5, receiver.Calls.Count);
        Assert.Single(receiver.Calls.Take(4).Select(static call => call.Headers["webhook-id"]).Distinct());
        Assert.EndsWith("_2", receiver.Calls[4].Headers["webhook-id"], StringComparison.Ordinal);
        Assert.Equal(3, scene.Lines(LogLevel.Warning).Count(static line => line.Message.Contains("could not be told at hooks.example", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Deliver_ReceiverIsGone_IsNotAskedAgain()
    {
        await using var receiver = new WebhookReceiver(410);
        using var scene = Scene(receiver);
        using var instance = new AlertInstance(scene);

        await instance.RaiseAsync();
        for (var minute = 0; minute < 10; minute++)
        {
            scene.Time.Advance(TimeSpan.FromMinutes(1));
            await instance.TurnAsync();
        }

        Assert.Single(receiver.Calls);
        Assert.Empty(await scene.MessagesAsync());
    }

    [Fact]
    public async Task Deliver_ReceiverNeverTakesIt_IsGivenUp()
    {
        await using var receiver = new WebhookReceiver([.. Enumerable.Repeat(500, 50)]);
        using var scene = Scene(receiver);
        using var instance = new AlertInstance(scene);
        await instance.RaiseAsync();

        for (var hour = 0; hour < 24; hour++)
        {
            scene.Time.Advance(TimeSpan.FromHours(1));
            await instance.TurnAsync();
        }

        Assert.Equal(AlertMessagesOptions.Waits.Length + 1, receiver.Calls.Count);
        Assert.Empty(await scene.MessagesAsync());
    }

    [Fact]
    public async Task Deliver_OneReceiverFails_AnotherIsToldAtOnce()
    {
        await using var bad = new WebhookReceiver([.. Enumerable.Repeat(500, 50)]);
        await using var good = new WebhookReceiver();
        using var scene = Scene(bad, new AlertWebhook(UrlOf(good), AlertFormat.Standard, null));
        using var instance = new AlertInstance(scene);

        for (var deployment = 0; deployment < 5; deployment++)
            await instance.RaiseAsync(AlertScene.Signal(subject: $"vendor/{deployment}"));

        Assert.Equal(5, good.Calls.Count);
    }

    [Fact]
    public async Task Deliver_EventsThatAReceiverDoesNotWant_AreNotToldThere()
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver, events: [AlertType.Budget]);
        using var instance = new AlertInstance(scene);

        await instance.RaiseAsync();
        await instance.RaiseAsync(AlertScene.Signal(type: AlertType.Budget));

        Assert.Equal("budget", (string?)JsonNode.Parse(Assert.Single(receiver.Calls).Body)!["type"]);
    }

    [Fact]
    public async Task Deliver_Slack_ATextAndBlocksInWhichNamesAreNames()
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver, format: AlertFormat.Slack);
        using var instance = new AlertInstance(scene);

        await instance.RaiseAsync(AlertScene.Signal(subject: "<!channel> @here <https://evil.example|mini> & co") with
        {
            Cause = new string('&', 1000), Figures = [.. Enumerable.Range(0, 20).Select(static place => new AlertFigure($"f{place}", "<!everyone>"))],
        });

        var body = Encoding.UTF8.GetString(Assert.Single(receiver.Calls).Body);
        var message = JsonNode.Parse(body)!;
        Assert.Contains("&lt;!channel&gt; @\u2060here &lt;https://evil.example|mini&gt; &amp; co", (string?)message["text"], StringComparison.Ordinal);
        Assert.DoesNotContain("<!", body, StringComparison.Ordinal);
        var texts = message["blocks"]!.AsArray().Where(static block => (string?)block!["type"] == "section" && block["text"] is not null).Select(static block => (string)block!["text"]!["text"]!);
        Assert.All(texts, static text => Assert.InRange(text.Length, 1, 3000));
        Assert.EndsWith("&amp;…", (string?)message["blocks"]![1]!["text"]!["text"], StringComparison.Ordinal);
        Assert.Equal(10, message["blocks"]![2]!["fields"]!.AsArray().Count);
        Assert.StartsWith("*Warning: breaker*", (string?)message["blocks"]![0]!["text"]!["text"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_Teams_AMessageWithACardOfPlainRuns()
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver, format: AlertFormat.Teams);
        using var instance = new AlertInstance(scene);

        await instance.RaiseAsync(AlertScene.Signal(subject: "[mini](https://evil.example) <at>all</at>"));
        await instance.EndAsync(AlertScene.Signal(subject: "[mini](https://evil.example) <at>all</at>"));

        var message = JsonNode.Parse(receiver.Calls[0].Body)!;
        Assert.Equal(("message", "application/vnd.microsoft.card.adaptive"), ((string?)message["type"], (string?)message["attachments"]![0]!["contentType"]));
        var card = message["attachments"]![0]!["content"]!;
        Assert.Equal(("AdaptiveCard", "1.4"), ((string?)card["type"], (string?)card["version"]));
        // Runs know no Markdown, and without entities there are no mentions.
        Assert.All(card["body"]!.AsArray(), static line => Assert.Equal("RichTextBlock", (string?)line!["type"]));
        Assert.Null(card["msteams"]);
        Assert.Equal("[mini](https://evil.example) <at>all</at>", (string?)card["body"]![0]!["inlines"]![1]!["text"]);
        Assert.Contains("Over: breaker", Encoding.UTF8.GetString(receiver.Calls[1].Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_PrivateAddress_IsNotCalledAndNotTriedAgain()
    {
        await using var receiver = new WebhookReceiver();
        var time = new ManualTimeProvider();
        var model = new AlertsModel { Webhooks = [new AlertWebhook($"https://other.example.invalid:{receiver.Port}/s3cr3t-path", AlertFormat.Standard, null)], Group = TimeSpan.Zero };
        using var scene = new AlertScene(model, time: time, webhookSecret: Secret);
        using var instance = new AlertInstance(scene);

        await instance.RaiseAsync();
        await instance.TurnAsync();

        Assert.Equal(0, receiver.Connections);
        Assert.Empty(await scene.MessagesAsync());
        scene.Logs.AssertNeverMentions("s3cr3t-path");
    }

    [Fact]
    public async Task Deliver_NothingWaits_StoreIsNotAsked()
    {
        await using var receiver = new WebhookReceiver();
        var time = new ManualTimeProvider();
        var store = new CountedStore(new MemoryTableStore(time));
        using var scene = new AlertScene(new AlertsModel(), store, time);
        using var instance = new AlertInstance(scene);

        await instance.Messages.Step.RunAsync(default);

        Assert.Equal((0, 0), (store.Reads, store.Writes));
    }

    private static string UrlOf(WebhookReceiver receiver) => $"http://{AlertScene.PrivateHost}:{receiver.Port}/alerts";

    private static AlertScene Scene(WebhookReceiver receiver, AlertWebhook? further = null, AlertFormat format = AlertFormat.Standard, AlertType[]? events = null)
    {
        var first = new AlertWebhook(UrlOf(receiver), format, events is null ? null : System.Collections.Frozen.FrozenSet.ToFrozenSet(events));
        return new AlertScene(new AlertsModel { Webhooks = further is null ? [first] : [first, further], Group = TimeSpan.Zero }, webhookSecret: Secret);
    }
}
