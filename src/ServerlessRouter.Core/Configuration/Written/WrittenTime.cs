using System.Globalization;

namespace ServerlessRouter.Configuration.Written;

/// <summary>Reads points in time.</summary>
internal static class WrittenTime
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>A day, which is its first moment, or a time, in UTC where it says nothing else; null where it is neither.</summary>
    public static DateTimeOffset? Parse(string written) =>
        DateTimeOffset.TryParseExact(written, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
