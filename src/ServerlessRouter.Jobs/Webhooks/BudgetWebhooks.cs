using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Webhooks;

namespace ServerlessRouter.Jobs.Webhooks;

/// <summary>Tells an owner's server of budgets that run out, beside the requests: what was reached waits in a bounded queue, and is delivered a few times at most.</summary>
internal sealed partial class BudgetWebhooks
{
    /// <summary>The name of <see cref="Step"/>.</summary>
    public const string StepName = "budget-webhooks";

    /// <summary>Messages that may wait; further ones are dropped and said.</summary>
    public const int Capacity = 256;

    /// <summary>Turns in which a message is tried.</summary>
    public const int MaxTries = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly Channel<(BudgetMark Mark, int Tries)> _queue = Channel.CreateBounded<(BudgetMark, int)>(Capacity);
    private readonly RouterModelSource _models;
    private readonly WebhookSender _sender;
    private readonly ILogger _logger;

    public BudgetWebhooks(RouterModelSource models, WebhookSender sender, ILogger logger)
    {
        (_models, _sender, _logger) = (models, sender, logger);
        Step = new PeriodicStep(StepName, Interval, Timeout, DeliverAsync) { RunsLast = true };
    }

    /// <summary>Delivers what waits.</summary>
    public PeriodicStep Step { get; }

    /// <summary>Takes a mark in. Does not block.</summary>
    public void Take(BudgetMark mark)
    {
        if (_models.Current.Webhooks.Budgets is null)
            return;
        if (_queue.Writer.TryWrite((mark, 0)))
            Step.Wake();
        else
            LogDropped(mark.Limit.Name, mark.Percent);
    }

    private async ValueTask DeliverAsync(CancellationToken cancellationToken)
    {
        for (var waiting = _queue.Reader.Count; waiting > 0 && _queue.Reader.TryRead(out var next); waiting--)
        {
            if (_models.Current.Webhooks.Budgets is not { } url)
                continue;
            var result = await _sender.SendAsync(url, BudgetMessage.IdOf(next.Mark), BudgetMessage.BodyOf(next.Mark), cancellationToken).ConfigureAwait(false);
            if (result.IsTaken)
                continue;
            var isTriedAgain = result.CanHelpToRetry && next.Tries + 1 < MaxTries && _queue.Writer.TryWrite((next.Mark, next.Tries + 1));
            LogUntaken(next.Mark.Limit.Name, next.Mark.Percent, result.Note, isTriedAgain);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "More budgets run out than can be told by webhooks: that {Percent} % of {Limit} are spent is not told")]
    private partial void LogDropped(string limit, int percent);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "That {Percent} % of the budget {Limit} are spent could not be told by a webhook: {Note} Tried again: {IsTriedAgain}")]
    private partial void LogUntaken(string limit, int percent, string note, bool isTriedAgain);
}
