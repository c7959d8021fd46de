using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Jobs.Services;

namespace ServerlessRouter.Functions.Jobs;

/// <summary>Makes batches of the messages of a storage queue. Nothing reads the poison queue but people: what ends there stays, and its reason stands on a job.</summary>
public sealed partial class QueueFunctions(QueueIntake intake, DurableLauncher launcher, ILogger<QueueFunctions> logger)
{
    public const string Queue = "batches";

    /// <summary>Where the host, too, puts what failed at every delivery.</summary>
    public const string PoisonQueue = Queue + "-poison";

    /// <summary>As in host.json; a test compares them.</summary>
    public const int MaxDeliveries = 5;

    /// <summary>Deals with one delivery; what it answers goes to the poison queue.</summary>
    [Function("TakeMessage")]
    [QueueOutput(PoisonQueue)]
    public async Task<string?> TakeAsync([QueueTrigger(Queue)] QueueMessage message, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        launcher.Use(client);
        var bytes = message.Body.ToMemory();
        QueueOutcome outcome;
        try
        {
            outcome = await intake.AcceptAsync(message.MessageId, bytes, cancellationToken);
        }
        catch (Exception failure) when (message.DequeueCount >= MaxDeliveries && !cancellationToken.IsCancellationRequested)
        {
            // The host moves it to the poison queue when this fails.
            LogGivenUp(failure, message.MessageId, message.DequeueCount);
            await intake.PoisonAsync(message.MessageId, bytes, $"It was delivered {message.DequeueCount} times and could not be dealt with any time.", cancellationToken);
            throw;
        }

        if (outcome.PoisonReason is not { } reason)
            return null;
        LogPoison(message.MessageId, outcome.Job.Id, reason);
        return message.Body.ToString();
    }

    [LoggerMessage(1, LogLevel.Error, "The message {MessageId} ended in the poison queue, and {JobId} keeps the reason: {Reason}")]
    private partial void LogPoison(string messageId, string jobId, string reason);

    [LoggerMessage(2, LogLevel.Error, "The message {MessageId} ended in the poison queue after {Deliveries} deliveries")]
    private partial void LogGivenUp(Exception failure, string messageId, long deliveries);
}
