using System.Collections.ObjectModel;
using ServerlessRouter.Keys;
using ServerlessRouter.LocalHost.Logs;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.LocalHost.Telemetry;
using ServerlessRouter.LocalHost.Tls;

namespace ServerlessRouter.LocalHost;

/// <summary>How the router is started on one machine.</summary>
public sealed record LocalRouterOptions
{
    public const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>Where there is a certificate.</summary>
    public const string DefaultSecureUrl = "https://127.0.0.1:8443";

    /// <summary>
    /// The configuration file, followed while the router runs. Null: what the admin made active in <see cref="DataPath"/>, and before that, or without a folder, the
    /// built-in configuration of simulated models.
    /// </summary>
    public string? ConfigurationPath { get; init; }

    /// <summary>What it runs on where no file is named and nothing is kept; null: the built-in configuration.</summary>
    internal EnvironmentConfiguration? Environment { get; init; }

    /// <summary>The folder whose database keeps what must outlive this run, for this process alone; null keeps it in memory.</summary>
    public string? DataPath { get; init; }

    /// <summary>Where the admin's key is: <c>env:NAME</c> or <c>sha256:HEX</c>; null: this router cannot be administered over HTTP.</summary>
    public string? AdminKey { get; init; }

    /// <summary>How keys are issued.</summary>
    public IssuedKeyOptions Keys { get; init; } = new() { Secrets = ConfigurationText.SecretResolvers };

    /// <summary>Keys can be issued over HTTP, and are kept.</summary>
    public bool MayIssueKeys => AdminKey is not null && DataPath is not null;

    /// <summary>What is kept in <see cref="DataPath"/> decides, because no file was named.</summary>
    public bool IsConfigurationStored => ConfigurationPath is null && (DataPath is not null || IsDemo);

    /// <summary>A folder whose files are messages that begin batches; needs <see cref="DataPath"/>, so that what was taken from it is not lost.</summary>
    public string? QueuePath { get; init; }

    /// <summary>Addresses to listen on, separated by semicolons; port 0 takes any free port.</summary>
    public string Urls { get; init; } = DefaultUrl;

    /// <summary>The certificate of addresses that begin with <c>https://</c>, followed while the router runs; null where there is none.</summary>
    public CertificateOptions? Certificate { get; init; }

    /// <summary>The option or variable that <see cref="Urls"/> comes from, for messages.</summary>
    public string UrlsSource { get; init; } = ListenUrls.Option;

    /// <summary>Writes one line to the log for each request, whatever <see cref="LogLevel"/> is.</summary>
    public bool LogsAccess { get; init; }

    /// <summary>Simulated vendors, a day of simulated traffic that has passed, and more that goes on, for a look around; on this machine alone.</summary>
    public bool IsDemo { get; init; }

    /// <summary>Whether there is a page for Prometheus, and from when on it is counted for it. Where others than this machine reach the router, it asks for the admin key.</summary>
    public MetricsMode Metrics { get; init; }

    /// <summary>How log entries are written.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>Stands in for environment variables that OpenTelemetry reads, so that tests decide them.</summary>
    internal IReadOnlyDictionary<string, string?> Settings { get; init; } = ReadOnlyDictionary<string, string?>.Empty;

    /// <summary>Time, so that tests decide it.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The least severe log entries written to the console.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;
}
