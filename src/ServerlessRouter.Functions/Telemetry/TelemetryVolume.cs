using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ServerlessRouter.Functions.Telemetry;

/// <summary>How much of what goes on is sent to Application Insights, where every gigabyte is billed.</summary>
public sealed record TelemetryVolume
{
    /// <summary>Share of ordinary requests that leave a row, 0.01 to 1.</summary>
    public const string RequestsSetting = "ROUTER_TELEMETRY_SAMPLING";

    /// <summary>Share of ordinary requests whose calls to vendors are sent too, 0 to 1.</summary>
    public const string DetailsSetting = "ROUTER_TELEMETRY_DETAILS";

    /// <summary>Share of the items of batches, and of other work beside requests, that leave a row, 0.01 to 1.</summary>
    public const string BackgroundSetting = "ROUTER_TELEMETRY_BATCH_SAMPLING";

    /// <summary>Seconds from which a request counts as slow.</summary>
    public const string SlowSetting = "ROUTER_TELEMETRY_SLOW_SECONDS";

    /// <summary>Rows of ordinary requests an instance sends in a minute at most.</summary>
    public const string RowsSetting = "ROUTER_TELEMETRY_ROWS_PER_MINUTE";

    /// <summary>The exporter counts in whole percent.</summary>
    private const double MinShare = 0.01;

    /// <summary>Default 1: every request leaves its row.</summary>
    public double Requests { get; init; } = 1;

    /// <summary>Default 0.01.</summary>
    public double Details { get; init; } = 0.01;

    /// <summary>Default 0.01.</summary>
    public double Background { get; init; } = 0.01;

    /// <summary>Default 30 seconds. Slow and failed requests are sent whole, whatever the shares say.</summary>
    public TimeSpan Slow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Default 600, of which none is more than a kilobyte.</summary>
    public int RowsPerMinute { get; init; } = 600;

    /// <exception cref="InvalidOperationException">A setting cannot be read; all that cannot are in the message.</exception>
    public static TelemetryVolume Of(IConfiguration settings)
    {
        var errors = new List<string>();
        var given = new TelemetryVolume();
        given = given with
        {
            Requests = Read(RequestsSetting, given.Requests, MinShare, 1),
            Details = Read(DetailsSetting, given.Details, 0, 1),
            Background = Read(BackgroundSetting, given.Background, MinShare, 1),
            Slow = TimeSpan.FromSeconds(Read(SlowSetting, given.Slow.TotalSeconds, 0.001, 86_400)),
            RowsPerMinute = (int)Read(RowsSetting, given.RowsPerMinute, 1, 1_000_000),
        };
        return errors.Count == 0 ? given : throw new InvalidOperationException(string.Join(Environment.NewLine, errors));

        double Read(string name, double otherwise, double min, double max)
        {
            if (settings[name] is not { Length: > 0 } written)
                return otherwise;
            if (double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
                return number;
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"The setting {name} is \"{written}\"; it must be a number from {min} to {max}."));
            return otherwise;
        }
    }
}
