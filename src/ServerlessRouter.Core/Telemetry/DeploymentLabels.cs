using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>What spans and metrics of calls say about their deployment; made once for each.</summary>
internal sealed class DeploymentLabels
{
    private readonly string _chat;
    private readonly string _embeddings;

    public DeploymentLabels(DeploymentModel deployment)
    {
        (_chat, _embeddings) = ($"{GenAiNames.Chat} {deployment.Name}", $"{GenAiNames.Embeddings} {deployment.Name}");
        Id = deployment.Id;
        Model = deployment.Name;
        Provider = deployment.Provider.Kind.TelemetryName ?? deployment.Provider.Kind.Name;
        if (deployment.Provider.Endpoint is { } endpoint)
            (Host, Port) = (endpoint.IdnHost, endpoint.Port);
    }

    public string Id { get; }

    /// <summary>What the vendor calls the model.</summary>
    public string Model { get; }

    /// <summary>What the conventions call the vendor.</summary>
    public string Provider { get; }

    /// <summary>Null where the kind answers on this machine.</summary>
    public string? Host { get; }

    /// <summary>A number; boxed once.</summary>
    public object? Port { get; }

    public string SpanName(AttemptOperation operation) => operation == AttemptOperation.Chat ? _chat : _embeddings;

    public static string OperationName(AttemptOperation operation) => operation == AttemptOperation.Chat ? GenAiNames.Chat : GenAiNames.Embeddings;
}
