using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ServerlessRouter.Recording.Usage;

/// <summary>A place in a list of usage: behind one sum.</summary>
public sealed record UsageCursor
{
    private const string Format = "yyyyMMddHHmm";
    private readonly string _group;

    private UsageCursor(DateTimeOffset from, string group) => (From, _group) = (from, group);

    /// <summary>The beginning of the sum's span.</summary>
    public DateTimeOffset From { get; }

    /// <summary>Before everything of this time.</summary>
    public static UsageCursor Before(DateTimeOffset from) => new(from, "");

    public static UsageCursor Behind(UsageSum sum)
    {
        ArgumentNullException.ThrowIfNull(sum);
        return new(sum.From, KeyOf(sum.Group));
    }

    /// <summary>What <see cref="ToString"/> wrote; null for any other text.</summary>
    public static UsageCursor? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new byte[text.Length];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length))
            return null;
        var written = Encoding.UTF8.GetString(bytes, 0, length);
        return written.Length >= Format.Length && DateTime.TryParseExact(written.AsSpan(0, Format.Length), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new UsageCursor(new DateTimeOffset(time, TimeSpan.Zero), written[Format.Length..])
            : null;
    }

    /// <summary>An opaque text for URLs.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(From.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture) + _group));

    /// <summary>The sum was given already.</summary>
    internal bool IsPast(UsageSum sum) => sum.From < From || (sum.From == From && string.CompareOrdinal(KeyOf(sum.Group), _group) <= 0);

    /// <summary>Orders the groups of one span.</summary>
    internal static string KeyOf(in UsageDimensions group) => string.Create(
        CultureInfo.InvariantCulture,
        $"{group.Key}\n{group.Tier}\n{group.Route}\n{group.Model}\n{group.ModelAsked}\n{group.Provider}\n{group.Deployment}\n{group.Task}\n{group.Tags}\n{group.Status}");
}
