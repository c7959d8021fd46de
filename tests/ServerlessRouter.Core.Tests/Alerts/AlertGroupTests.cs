using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Alerts;
using ServerlessRouter.Alerts.Delivery;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Jobs;
using Xunit;

namespace ServerlessRouter.Core.Tests.Alerts;

/// <summary>A vendor fails: breakers of all its deployments open, and routes fail and wait. Receivers are told in one message; each alert begins once and ends once all the same.</summary>
public sealed class AlertGroupTests
{
    private static readonly TimeSpan Group = TimeSpan.FromSeconds(60);

    private static readonly AlertSignal[] OneCause =
    [
        AlertScene.Signal(subject: "vendor/a"), AlertScene.Signal(subject: "vendor/b"), AlertScene.Signal(100, "auto", AlertType.Errors), AlertScene.Signal(subject: "vendor/c"), AlertScene.Signal(1, "auto", AlertType.Latency),
    ];

    [Fact]
    public async Task Group_AlertsOfOneCause_AreOneMessageWithAList()
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver);
        using var instance = new AlertInstance(scene);

        await RaiseWithinAsync(instance, scene, TimeSpan.FromSeconds(10));
        Assert.Empty(receiver.Calls);
        await LaterAsync(instance, scene, TimeSpan.FromSeconds(20));

        var told = JsonNode.Parse(Assert.Single(receiver.Calls).Body)!;
        Assert.Equal(["breaker vendor/a", "breaker vendor/b", "errors auto", "breaker vendor/c", "latency auto"], Names(told));
        // A receiver that knows nothing of lists reads the worst of them.
        Assert.Equal(("errors", "auto", "critical"), ((string?)told["type"], (string?)told["subject"], (string?)told["severity"]));
        Assert.Equal(["id", "type", "subject", "severity", "figures", "cause", "since", "resolved"], told["alerts"]![0]!.AsObject().Select(static member => member.Key));
        Assert.Equal(5, (await scene.ListAsync(isOpen: true)).Count);
    }

    [Fact]
    public async Task Group_EachBeginsOnceAndEndsOnce()
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver);
        using var instance = new AlertInstance(scene);

        await RaiseWithinAsync(instance, scene, TimeSpan.FromSeconds(1));
        for (var turn = 0; turn < 10; turn++)
        {
            await RaiseWithinAsync(instance, scene, TimeSpan.Zero);
            await LaterAsync(instance, scene, TimeSpan.FromSeconds(30));
        }

        foreach (var signal in OneCause)
            scene.Desk.End(signal.Type, signal.Subject);
        await instance.TurnAsync();
        await LaterAsync(instance, scene, Group);

        Assert.Equal(2, receiver.Calls.Count);
        Assert.All(receiver.Calls, static call => Assert.Equal(OneCause.Length, Names(JsonNode.Parse(call.Body)!).Distinct().Count()));
        Assert.All(JsonNode.Parse(receiver.Calls[0].Body)!["alerts"]!.AsArray(), static alert => Assert.Null((string?)alert!["resolved"]));
        Assert.All(JsonNode.Parse(receiver.Calls[1].Body)!["alerts"]!.AsArray(), static alert => Assert.NotNull((string?)alert!["resolved"]));
        Assert.Equal(2, receiver.Calls.Select(static call => call.Headers["webhook-id"]).Distinct().Count());
        Assert.Empty(await scene.MessagesAsync());
    }

    [Fact]
    public async Task Group_OneAlert_IsToldAsItWas()
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver);
        using var instance = new AlertInstance(scene);

        await instance.RaiseAsync();
        await LaterAsync(instance, scene, Group);

        var told = JsonNode.Parse(Assert.Single(receiver.Calls).Body)!.AsObject();
        Assert.Equal(["id", "type", "subject", "severity", "figures", "cause", "since", "resolved"], told.Select(static member => member.Key));
        Assert.Equal($"evt_{(string?)told["id"]}_1", receiver.Calls[0].Headers["webhook-id"]);
    }

    [Fact]
    public async Task Group_WhatComesLater_IsAMessageOfItsOwn()
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver);
        using var instance = new AlertInstance(scene);

        await RaiseWithinAsync(instance, scene, TimeSpan.FromSeconds(1));
        await LaterAsync(instance, scene, Group);
        await instance.RaiseAsync(AlertScene.Signal(subject: "other/late"));
        await LaterAsync(instance, scene, Group);

        Assert.Equal(2, receiver.Calls.Count);
        Assert.Equal("other/late", (string?)JsonNode.Parse(receiver.Calls[1].Body)!["subject"]);
    }

    [Theory, InlineData(2), InlineData(8)]
    public async Task Group_OnSeveralInstances_IsToldByOne(int count)
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver);
        AlertInstance[] instances = [.. Enumerable.Range(0, count).Select(place => new AlertInstance(scene, $"i-{place}"))];

        await Task.WhenAll(instances.Select(instance => Task.Run(() => RaiseWithinAsync(instance, scene, TimeSpan.Zero))));
        scene.Time.Advance(Group);
        await Task.WhenAll(instances.Select(static instance => Task.Run(() => instance.TurnAsync())));
        foreach (var instance in instances)
            await instance.TurnAsync();

        Assert.Equal(OneCause.Length, Assert.Single(receiver.Calls) is var call ? Names(JsonNode.Parse(call.Body)!).Length : 0);
        foreach (var instance in instances)
            instance.Dispose();
    }

    [Fact]
    public async Task Group_InstanceDiesWithIt_AnotherTellsTheSameUnderTheSameId_WhateverCameSince()
    {
        await using var receiver = new WebhookReceiver(500);
        using var scene = Scene(receiver);
        using var first = new AlertInstance(scene);
        using var second = new AlertInstance(scene, "second");
        await RaiseWithinAsync(first, scene, TimeSpan.FromSeconds(1));
        // It is not taken the first time, and the instance that tried is gone.
        await LaterAsync(first, scene, Group);
        await second.RaiseAsync(AlertScene.Signal(subject: "other/late"));

        scene.Time.Advance(Group);
        await second.TurnAsync();

        Assert.Equal(3, receiver.Calls.Count);
        Assert.Equal(receiver.Calls[0].Headers["webhook-id"], receiver.Calls[1].Headers["webhook-id"]);
        Assert.Equal(Encoding.UTF8.GetString(receiver.Calls[0].Body), Encoding.UTF8.GetString(receiver.Calls[1].Body));
        Assert.Equal("other/late", (string?)JsonNode.Parse(receiver.Calls[2].Body)!["subject"]);
    }

    [Fact]
    public async Task Group_LastLookOfAnInstance_DoesNotWaitForMore()
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver);
        using var instance = new AlertInstance(scene);
        foreach (var signal in OneCause)
            scene.Desk.Raise(signal);
        await scene.TurnAsync();

        instance.Messages.WaitForNoMore();
        await instance.TurnAsync();

        Assert.Equal(OneCause.Length, Names(JsonNode.Parse(Assert.Single(receiver.Calls).Body)!).Length);
    }

    [Fact]
    public async Task Group_Slack_IsASectionForEachUpToABound()
    {
        var message = await ManyAsync(AlertFormat.Slack);

        Assert.StartsWith("30 alerts: 1 critical, 29 warnings; Critical: breaker vendor/29", (string?)message["text"], StringComparison.Ordinal);
        var blocks = message["blocks"]!.AsArray();
        Assert.InRange(blocks.Count, AlertBody.MaxListed, 50);
        Assert.Equal("*Critical: breaker* vendor/29\nIt is at 100.", (string?)blocks[1]!["text"]!["text"]);
        Assert.StartsWith("and 10 more", (string?)blocks[^1]!["text"]!["text"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Group_Teams_IsOneCardWithinItsBound()
    {
        var message = await ManyAsync(AlertFormat.Teams);

        Assert.InRange(Encoding.UTF8.GetByteCount(message.ToJsonString()), 1, 28_000);
        var lines = message["attachments"]![0]!["content"]!["body"]!.AsArray().Select(static line => string.Concat(line!["inlines"]!.AsArray().Select(static run => (string?)run!["text"]))).ToList();
        Assert.Equal(["30 alerts: 1 critical, 29 warnings", "Critical: breaker vendor/29", "It is at 100."], lines.Take(3));
        Assert.StartsWith("and 10 more", lines[^1], StringComparison.Ordinal);
    }

    private static async Task<JsonNode> ManyAsync(AlertFormat format)
    {
        await using var receiver = new WebhookReceiver();
        using var scene = Scene(receiver, format);
        using var instance = new AlertInstance(scene);
        for (var deployment = 0; deployment < 30; deployment++)
            scene.Desk.Raise(AlertScene.Signal(deployment == 29 ? 100 : 1, $"vendor/{deployment}"));
        await instance.TurnAsync();
        await LaterAsync(instance, scene, Group);
        return JsonNode.Parse(Assert.Single(receiver.Calls).Body)!;
    }

    private static async Task RaiseWithinAsync(AlertInstance instance, AlertScene scene, TimeSpan apart)
    {
        foreach (var signal in OneCause)
        {
            await instance.RaiseAsync(signal);
            scene.Time.Advance(apart);
        }
    }

    private static async Task LaterAsync(AlertInstance instance, AlertScene scene, TimeSpan by)
    {
        scene.Time.Advance(by);
        await instance.TurnAsync();
    }

    private static string[] Names(JsonNode told) => [.. told["alerts"]!.AsArray().Select(static alert => $"{(string?)alert!["type"]} {(string?)alert["subject"]}")];

    private static AlertScene Scene(WebhookReceiver receiver, AlertFormat format = AlertFormat.Standard) => new(
        new AlertsModel { Webhooks = [new AlertWebhook($"http://{AlertScene.PrivateHost}:{receiver.Port}/alerts", format, null)], Group = Group });
}
