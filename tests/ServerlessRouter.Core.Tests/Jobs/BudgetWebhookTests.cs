using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Jobs.Webhooks;
using ServerlessRouter.Webhooks;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>An owner's server is told of budgets that run out.</summary>
public sealed class BudgetWebhookTests
{
    private const string Host = "hooks.example.invalid";
    private const string Secret = "a-secret-to-sign-with";

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Take_MarkReached_IsToldAndSigned()
    {
        await using var receiver = new WebhookReceiver();
        using var sender = Sender(receiver, out var models);
        var webhooks = new BudgetWebhooks(models, sender, NullLogger.Instance);

        webhooks.Take(Mark(80));
        await webhooks.Step.RunAsync(default);

        var call = Assert.Single(receiver.Calls);
        var told = JsonNode.Parse(call.Body)!;
        Assert.Equal(("budget.reached", "key", "search", "budget.month", 80, 8m, 10m, "2026-02-01T00:00:00Z"), (
            (string?)told["type"], (string?)told["data"]!["kind"], (string?)told["data"]!["subject"], (string?)told["data"]!["name"], (int)told["data"]!["percent"]!,
            (decimal)told["data"]!["spent_usd"]!, (decimal)told["data"]!["budget_usd"]!, (string?)told["data"]!["resets_at"]));
        Assert.Equal((string?)told["id"], call.Headers["webhook-id"]);
        Assert.Equal(WebhookSignature.Sign(call.Headers["webhook-id"], long.Parse(call.Headers["webhook-timestamp"]), call.Body, Encoding.UTF8.GetBytes(Secret)), call.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task Take_ReceiverFails_TriesAFewTimesWithTheSameId()
    {
        await using var receiver = new WebhookReceiver(500, 500, 500, 500, 500, 500, 500);
        using var sender = Sender(receiver, out var models);
        var webhooks = new BudgetWebhooks(models, sender, NullLogger.Instance);
        webhooks.Take(Mark(100));

        for (var turn = 0; turn < 10; turn++)
            await webhooks.Step.RunAsync(default);

        Assert.Equal(BudgetWebhooks.MaxTries, receiver.Calls.Count);
        Assert.Single(receiver.Calls.Select(static call => call.Headers["webhook-id"]).Distinct());
    }

    [Fact]
    public void IdOf_AnotherMarkOrWindow_IsAnother()
    {
        var mark = Mark(50);

        Assert.Equal(BudgetMessage.IdOf(mark), BudgetMessage.IdOf(mark with { At = mark.At.AddHours(1), Standing = mark.Standing with { Used = 7 } }));
        Assert.NotEqual(BudgetMessage.IdOf(mark), BudgetMessage.IdOf(Mark(80)));
        Assert.NotEqual(BudgetMessage.IdOf(mark), BudgetMessage.IdOf(mark with { Standing = mark.Standing with { ResetsAt = mark.At.AddMonths(2) } }));
    }

    private WebhookSender Sender(WebhookReceiver receiver, out RouterModelSource models)
    {
        models = new RouterModelSource(new RouterBuilder().Model("mini").Webhooks(Secret, Host).BudgetWebhook($"http://{Host}:{receiver.Port}/budgets").Build());
        return new WebhookSender(models, new ListedHosts(["127.0.0.1"]), _time);
    }

    private BudgetMark Mark(int percent) => new(
        new LimitSubject(SubjectKind.Key, "search"), new LimitModel("budget.month", LimitMeasure.Money, 10_000_000, LimitWindow.Month), percent,
        new LimitStanding(10_000_000, 100_000 * percent, 0, new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)), _time.GetUtcNow());
}
