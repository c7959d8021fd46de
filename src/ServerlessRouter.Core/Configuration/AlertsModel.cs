using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessRouter.Configuration;

/// <summary>Who is told of what goes wrong, and from when on something does.</summary>
public sealed record AlertsModel
{
    public const double DefaultQuietMinutes = 15;
    public const double DefaultGroupSeconds = 60;
    public const int DefaultKeepDays = 35;
    public const double DefaultBreakerSeconds = 60;

    /// <summary>Where no configuration says anything.</summary>
    public static readonly AlertsModel Default = new();

    /// <summary>Where alerts are told; none tells nowhere, and they are kept all the same.</summary>
    public ImmutableArray<AlertWebhook> Webhooks { get; init; } = [];

    /// <summary>What comes back within so long after it ended is the same alert, and is told of when this is over. Default: 15 minutes.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMinutes(DefaultQuietMinutes);

    /// <summary>What begins or ends within so long is told in one message, because it mostly has one cause; zero tells each for itself. Default: 60 s.</summary>
    public TimeSpan Group { get; init; } = TimeSpan.FromSeconds(DefaultGroupSeconds);

    /// <summary>For how long ended alerts are kept. Default: 35 days.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(DefaultKeepDays);

    /// <summary>How long a deployment must be left alone to be an alert. Default: 60 s.</summary>
    public TimeSpan BreakerOpen { get; init; } = TimeSpan.FromSeconds(DefaultBreakerSeconds);

    /// <summary>From when on a route has too many errors.</summary>
    public AlertShareModel Errors { get; init; } = new() { Share = 0.1, CriticalShare = 0.5 };

    /// <summary>From when on a route is slow.</summary>
    public AlertLatencyModel Latency { get; init; } = new();
}

/// <summary>From which share of a route's requests on something is wrong with it.</summary>
public sealed record AlertShareModel
{
    public const double DefaultWindowMinutes = 5;
    public const int DefaultMinRequests = 20;

    /// <summary>Above 0 and at most 1.</summary>
    public required double Share { get; init; }

    /// <summary>From here on it is critical; above 1 never.</summary>
    public required double CriticalShare { get; init; }

    /// <summary>The last minutes that are looked at. Default: 5.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(DefaultWindowMinutes);

    /// <summary>Fewer requests in the window say nothing. Default: 20.</summary>
    public int MinRequests { get; init; } = DefaultMinRequests;
}

/// <summary>From when on a route is slow.</summary>
public sealed record AlertLatencyModel
{
    /// <summary>Half of what a route's deadline lets a request take.</summary>
    public const double DefaultDeadlineShare = 0.5;

    /// <summary>A slow request's time to its first content (streams) or whole answer (plain); null is <see cref="DefaultDeadlineShare"/> of the route's deadline.</summary>
    public TimeSpan? Slow { get; init; }

    /// <summary>How many must be slow. Default: one of twenty.</summary>
    public AlertShareModel Of { get; init; } = new() { Share = 0.05, CriticalShare = 0.5 };

    /// <summary>From how long on a request of this route is slow.</summary>
    public TimeSpan SlowOn(RouteModel route) => Slow ?? route.Limits.Deadline * DefaultDeadlineShare;
}

/// <summary>A URL that is told of alerts. Slack's and Teams' hold a secret, so it is never shown.</summary>
public sealed class AlertWebhook
{
    private const int IdLength = 12;

    public AlertWebhook(string url, AlertFormat format, FrozenSet<AlertType>? events)
    {
        (Url, Format, Events) = (url, format, events);
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{format}\n{url}")))[..IdLength];
    }

    public string Url { get; }

    public AlertFormat Format { get; }

    /// <summary>What it is told of; null is everything.</summary>
    public FrozenSet<AlertType>? Events { get; }

    /// <summary>The same for the same URL and format; tells nothing about them.</summary>
    public string Id { get; }

    /// <summary>Whether it is told of alerts of this type.</summary>
    public bool Wants(AlertType type) => Events is null || Events.Contains(type);

    /// <summary>The host alone.</summary>
    public override string ToString() => Uri.TryCreate(Url, UriKind.Absolute, out var url) ? url.Host : Id;
}

/// <summary>How a message is written.</summary>
public enum AlertFormat
{
    Standard,
    Slack,
    Teams,
}

/// <summary>The names <c>alerts.webhooks[].format</c> may have.</summary>
public static class AlertFormats
{
    public const string Standard = "standard";
    public const string Slack = "slack";
    public const string Teams = "teams";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Standard, Slack, Teams];

    /// <summary>The format of this name; configuration has been checked, so there is one.</summary>
    public static AlertFormat Parse(string? name) => name switch
    {
        Slack => AlertFormat.Slack,
        Teams => AlertFormat.Teams,
        _ => AlertFormat.Standard,
    };
}
