using Azure.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Domain;
using ServerlessRouter.Keys;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Webhooks;

namespace ServerlessRouter;

/// <summary>What a host gives the router to work with.</summary>
public sealed record RouterServicesOptions
{
    /// <summary>The configuration, now and after each reload.</summary>
    public required RouterModelSource Models { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public IRandomSource Random { get; init; } = SystemRandomSource.Instance;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The host's Entra identity for providers whose credential is <c>entra</c>; null looks one up in the environment when it is first needed.</summary>
    public TokenCredential? Credential { get; init; }

    /// <summary>What turns texts into vectors where the configuration asks for them; null asks the configured providers.</summary>
    public IEmbeddingSource? Embeddings { get; init; }

    /// <summary>The region this instance runs in; deployments of the same region go first. Null: regions play no part.</summary>
    public string? Region { get; init; }

    /// <summary>
    /// What outlives this instance and what all instances share; the host's to dispose of, after the router. Null: kept in memory by this instance alone, and gone with it.
    /// </summary>
    public ITableStore? Store { get; init; }

    /// <summary>Other instances may be at <see cref="Store"/>, so that what a deployment is configured to take is shared out among them. Default: no, as where a folder belongs to one process.</summary>
    public bool IsStoreShared { get; init; }

    /// <summary>How keys are issued, where there is a <see cref="Store"/> to keep them in.</summary>
    public IssuedKeyOptions Keys { get; init; } = new();

    /// <summary>Finds the addresses of webhooks; null asks the system.</summary>
    public IHostResolver? Resolver { get; init; }

    /// <summary>Is told of every request as the books are; null where nothing else listens.</summary>
    public IRequestListener? Listener { get; init; }

    /// <summary>What is otherwise at a simulated provider, by its name, at a moment: for demonstrations. Null: everything is as configured.</summary>
    public Func<string, DateTimeOffset, SimulatedFault?>? Faults { get; init; }

    /// <summary>Stages of the host's own, between the router's.</summary>
    public IReadOnlyList<AddedStage> Stages { get; init; } = [];

    /// <summary>
    /// Reads the configurations that are kept in <see cref="Store"/>; what is active there is then followed. Null: configuration comes from elsewhere, such as a file.
    /// </summary>
    public RouterConfigLoader? StoredConfigurations { get; init; }

    /// <summary>How what the router shows is named; left out: as the environment says (<see cref="TelemetryOptions"/>).</summary>
    public TelemetryOptions Telemetry { get; init; } = TelemetryOptions.FromEnvironment(Environment.GetEnvironmentVariable);

    /// <summary>Names this instance in leases and in its own rows; must be unique among those over one store. Null: a random name.</summary>
    public string? InstanceName { get; init; }
}
