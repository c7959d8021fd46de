namespace ServerlessRouter.Configuration.Written;

/// <summary>Who is told of what goes wrong, and from when on something does, as written.</summary>
public sealed record AlertsConfig
{
    [Member("Where alerts are told, up to 16 places. Needs `webhooks.secret`. Default: nowhere; they are kept and shown all the same.")]
    public IReadOnlyList<AlertWebhookConfig?>? Webhooks { get; init; }

    [Member("Minutes: what comes back within so long after it ended is the same alert, and is told of when they are over. Default: 15.", Minimum = 1, Maximum = 1440)]
    public double? QuietMinutes { get; init; }

    [Member("Seconds: what begins or ends within so long is told in one message with a list; 0 tells each for itself. Default: 60.", Minimum = 0, Maximum = 3600)]
    public double? GroupSeconds { get; init; }

    [Member("Days for which ended alerts are kept. Default: 35.", Minimum = 1, Maximum = 400)]
    public int? KeepDays { get; init; }

    [Member("Seconds for which a deployment must be left alone to be an alert; one that only a person can mend is one at once. Default: 60.", Minimum = 1, Maximum = 86_400)]
    public double? BreakerSeconds { get; init; }

    [Member("From when on too many requests of a route fail.")]
    public AlertErrorsConfig? Errors { get; init; }

    [Member("From when on too many requests of a route are slow.")]
    public AlertLatencyConfig? Latency { get; init; }
}

/// <summary>A place where alerts are told, as written.</summary>
public sealed record AlertWebhookConfig
{
    [Member("An https URL, or where it is: `env:NAME` or `keyvault:NAME`. Slack's and Teams' hold a secret, so refer to them.", IsRequired = true)]
    public string? Url { get; init; }

    [Member("What it is told of. Default: everything.", Names = NameTable.AlertType)]
    public IReadOnlyList<string?>? Events { get; init; }

    [Member("How messages are written. Default: `standard`.", Names = NameTable.AlertFormat)]
    public string? Format { get; init; }
}

/// <summary>From when on too many requests of a route fail, as written.</summary>
public sealed record AlertErrorsConfig
{
    [Member("The share of a route's requests, 0 to 1, from which on it is an alert; below half of it that ends. Default: 0.1.", Minimum = 0.001, Maximum = 1)]
    public double? Share { get; init; }

    [Member("The share from which on it is critical. Default: 0.5.", Minimum = 0.001, Maximum = 1)]
    public double? CriticalShare { get; init; }

    [Member("Fewer requests in the window say nothing. Default: 20.", Minimum = 1, Maximum = 1_000_000)]
    public int? MinimumRequests { get; init; }

    [Member("Minutes that are looked at. Default: 5.", Minimum = 1, Maximum = 60)]
    public int? WindowMinutes { get; init; }
}

/// <summary>From when on too many requests of a route are slow, as written.</summary>
public sealed record AlertLatencyConfig
{
    [Member("Seconds to the first content of a stream, or to a whole plain answer, from which on a request is slow. Default: half of the route's `deadlineSeconds`.", Minimum = 0.05, Maximum = 7200)]
    public double? Seconds { get; init; }

    [Member("The share of a route's requests, 0 to 1, that must be slow; below half of it that ends. Default: 0.05.", Minimum = 0.001, Maximum = 1)]
    public double? Share { get; init; }

    [Member("The share from which on it is critical. Default: 0.5.", Minimum = 0.001, Maximum = 1)]
    public double? CriticalShare { get; init; }

    [Member("Fewer requests in the window say nothing. Default: 20.", Minimum = 1, Maximum = 1_000_000)]
    public int? MinimumRequests { get; init; }

    [Member("Minutes that are looked at. Default: 5.", Minimum = 1, Maximum = 60)]
    public int? WindowMinutes { get; init; }
}
