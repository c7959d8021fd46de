using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Pipeline;

/// <summary>A route's limits as one request's headers lower them; a header can never raise a limit.</summary>
internal static class RequestLimits
{
    /// <summary>LiteLLM: the deadline in seconds.</summary>
    public const string TimeoutSecondsHeader = "x-litellm-timeout";

    /// <summary>Portkey: the deadline in milliseconds.</summary>
    public const string TimeoutMillisecondsHeader = "x-portkey-request-timeout";

    /// <summary>LiteLLM: attempts beyond the first.</summary>
    public const string RetriesHeader = "x-litellm-num-retries";

    /// <summary>Null when the headers are in order; else what to tell the caller.</summary>
    public static RouterError? Read(IRequestHeaders headers, RouteLimits route, out RouteLimits limits)
    {
        limits = route;
        if (headers.Get(TimeoutSecondsHeader) is { } seconds)
        {
            if (!TryReadNumber(seconds, out var value) || value <= 0)
                return Bad(TimeoutSecondsHeader, seconds, "a number of seconds greater than 0");
            limits = WithDeadline(limits, TimeSpan.FromSeconds(Math.Min(value, limits.Deadline.TotalSeconds)));
        }

        if (headers.Get(TimeoutMillisecondsHeader) is { } milliseconds)
        {
            if (!TryReadNumber(milliseconds, out var value) || value <= 0)
                return Bad(TimeoutMillisecondsHeader, milliseconds, "a number of milliseconds greater than 0");
            limits = WithDeadline(limits, TimeSpan.FromMilliseconds(Math.Min(value, limits.Deadline.TotalMilliseconds)));
        }

        if (headers.Get(RetriesHeader) is { } retries)
        {
            if (!int.TryParse(retries, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return Bad(RetriesHeader, retries, "a whole number, 0 or more");
            limits = value < limits.Attempts - 1 ? limits with { Attempts = value + 1 } : limits;
        }

        return null;
    }

    private static RouteLimits WithDeadline(RouteLimits limits, TimeSpan deadline) => deadline < limits.Deadline ? limits with { Deadline = deadline } : limits;

    private static bool TryReadNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static RouterError Bad(string header, string value, string expected) =>
        RouterError.InvalidRequest($"The header {header} is '{(value.Length <= 40 ? value : value[..40])}'; send {expected}, or leave it out.");
}
