using ServerlessRouter.Alerts;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Jobs.Queue;

/// <summary>Messages of the queue that could not become batches: one alert, until none has come for an hour. It names the job that keeps the reason, and quotes nothing of a message.</summary>
internal sealed class QueueAlerts(AlertDesk desk, TimeProvider time)
{
    public const string Subject = "queue";

    private static readonly TimeSpan Holds = TimeSpan.FromHours(1);

    /// <summary>Takes one in. Does not block.</summary>
    public void Take(Job job, JobProblem problem) => desk.Raise(
        new AlertSignal(AlertType.Queue, Subject, AlertSeverity.Warning, "Messages were laid aside because they can be no batch; GET /v1/jobs/ID tells why. It ends an hour after the last of them.")
        {
            Until = time.GetUtcNow() + Holds,
            Figures = [new AlertFigure("last_job", job.Id), new AlertFigure("reason", problem.Code)],
        });
}
