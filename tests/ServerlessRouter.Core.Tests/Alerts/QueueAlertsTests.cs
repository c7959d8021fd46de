using System.Text;
using ServerlessRouter.Core.Tests.Jobs;
using ServerlessRouter.Jobs.Queue;
using Xunit;

namespace ServerlessRouter.Core.Tests.Alerts;

public sealed class QueueAlertsTests
{
    [Fact]
    public async Task Take_MessagesThatCanBeNoBatch_AreOneAlertThatEndsAnHourAfterTheLast()
    {
        using var scene = new AlertScene();
        var jobs = new JobScene(time: scene.Time);
        jobs.Jobs.Queue.Refused = new QueueAlerts(scene.Desk, scene.Time).Take;

        for (var message = 0; message < 5; message++)
        {
            await jobs.Jobs.Queue.AcceptAsync($"m-{message}", Encoding.UTF8.GetBytes("""{"s3cret-member":"planted-pr0mpt"}"""), default);
            await scene.AdvanceAsync(TimeSpan.FromMinutes(10));
        }

        var alert = Assert.Single(scene.Desk.Open);
        Assert.NotEmpty(alert.Figures.Single(static figure => figure.Name == "last_job").Text!);
        Assert.DoesNotContain("s3cret-member", alert.ToString() + string.Concat(alert.Figures), StringComparison.Ordinal);
        await scene.AdvanceAsync(TimeSpan.FromMinutes(49));
        Assert.Single(scene.Desk.Open);
        await scene.AdvanceAsync(TimeSpan.FromMinutes(2));

        Assert.Empty(scene.Desk.Open);
        Assert.Equal(["Fired 1", "Resolved 1"], await scene.MessagesAsync());
    }
}
