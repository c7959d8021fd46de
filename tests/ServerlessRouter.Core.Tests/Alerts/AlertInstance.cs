using ServerlessRouter.Alerts;
using ServerlessRouter.Alerts.Delivery;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Jobs;
using ServerlessRouter.Webhooks;

namespace ServerlessRouter.Core.Tests.Alerts;

/// <summary>An instance that looks and tells.</summary>
internal sealed class AlertInstance : IDisposable
{
    private readonly AlertScene _scene;
    private readonly WebhookSender _sender;

    public AlertInstance(AlertScene first, string name = "first")
    {
        _scene = name == "first" ? first : first.Twin();
        _sender = new WebhookSender(_scene.Models, new ListedHosts(["127.0.0.1"]), _scene.Time);
        Messages = new AlertMessages(_scene.Desk, _scene.Store, _scene.Models, _sender, new AlertMessagesOptions(name, _scene.Time), _scene.Logs.CreateLogger<AlertMessages>());
    }

    public AlertMessages Messages { get; }

    public async Task TurnAsync()
    {
        await _scene.TurnAsync();
        await Messages.Step.RunAsync(default);
    }

    public async Task RaiseAsync(AlertSignal? signal = null)
    {
        _scene.Desk.Raise(signal ?? AlertScene.Signal());
        await TurnAsync();
    }

    public async Task EndAsync(AlertSignal? signal = null)
    {
        _scene.Desk.End(AlertType.Breaker, (signal ?? AlertScene.Signal()).Subject);
        await TurnAsync();
    }

    public void Dispose() => _sender.Dispose();
}
