namespace ServerlessRouter.Webhooks;

/// <summary>A callback's host must not be connected to; passes through the HTTP client, which knows no other way to say so.</summary>
internal sealed class WebhookRefusedException(string message) : IOException(message);
