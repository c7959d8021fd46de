using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.Jobs.Webhooks;
using ServerlessRouter.Webhooks;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Tells a job's end at its callback: at least once, with growing waits, until it is taken or given up.</summary>
internal sealed class DeliverStep(JobStore jobs, WebhookSender sender, JobEnding ending, JobOptions options, TimeProvider time)
{
    public async ValueTask<StepResult> RunAsync(string jobId, CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(jobId, cancellationToken).ConfigureAwait(false) is not { HasEnded: true, IsDelivered: false, CallbackUrl: not null } job)
            return StepResult.Done;
        var now = time.GetUtcNow();
        if (job.NextDeliveryAt is { } due && due > now)
            return StepResult.KeptUntil(due, now);

        var result = await sender.SendAsync(job.CallbackUrl!, WebhookMessage.IdOf(job), WebhookMessage.BodyOf(job), cancellationToken).ConfigureAwait(false);
        var tries = job.DeliveryTries + 1;
        var wait = !result.IsTaken && result.CanHelpToRetry && tries <= options.DeliveryWaits.Length ? options.DeliveryWaits[tries - 1] : default(TimeSpan?);
        now = time.GetUtcNow();
        var told = await jobs.ChangeAsync(
            jobId,
            found => found.IsDelivered || found.DeliveryTries >= tries ? null : found with
            {
                DeliveryTries = tries,
                DeliveryNote = result.Note,
                IsDelivered = wait is null,
                NextDeliveryAt = now + wait,
            },
            cancellationToken).ConfigureAwait(false);
        if (told is { IsDelivered: true })
            await ending.AfterAsync(told, cancellationToken).ConfigureAwait(false);
        return told is { IsDelivered: false } ? StepResult.KeptUntil(told.NextDeliveryAt ?? now, now) : StepResult.Done;
    }
}
