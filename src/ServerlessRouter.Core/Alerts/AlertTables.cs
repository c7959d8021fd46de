using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.State;

namespace ServerlessRouter.Alerts;

/// <summary>Where alerts stand in the table store.</summary>
/// <remarks>
/// <code>
/// alerts  now  | a.TYPE.SUBJECT-HASH          the alert of this type and subject: open, or ended a moment ago
///              | m.ALERT.WEBHOOK.NUMBER       a message that waits to be delivered to one receiver
///         past | ALERT                        an alert that has ended, the newest first
/// </code>
/// An alert and its messages are in one partition, so that a change and what is told of it are one transaction: of all instances one makes it.
/// </remarks>
internal static class AlertTables
{
    public const string Alerts = "alerts";
    public const string Now = "now";
    public const string Past = "past";
    public const string IdPrefix = "alert_";

    private const int HashLength = 24;
    private const int TickDigits = 16;
    private const int SuffixLength = 8;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Letters and digits behind <see cref="IdPrefix"/>.</summary>
    private const int IdLength = TickDigits + SuffixLength;

    public static TableKeyRange CurrentAlerts { get; } = TableKeyRange.Prefix("a.");

    public static TableKeyRange WaitingMessages { get; } = TableKeyRange.Prefix("m.");

    public static string AlertKey(AlertType type, string subject) => $"a.{AlertTypes.NameOf(type)}.{Hash($"{type}\n{subject}")[..HashLength]}";

    public static string MessageKey(string alert, string webhook, int number) => string.Create(CultureInfo.InvariantCulture, $"m.{alert}.{webhook}.{number:D6}");

    /// <summary>A row is an alert, and no message.</summary>
    public static bool IsAlert(TableEntity row) => row.RowKey[0] == 'a';

    /// <summary>Of an alert that begins at this time; two that race for the same one make the same, and one of them wins.</summary>
    public static string IdOf(AlertType type, string subject, DateTimeOffset at) =>
        $"{IdPrefix}{DateTimeOffset.MaxValue.UtcTicks - at.UtcTicks:x16}{Hash($"{type}\n{subject}")[^SuffixLength..]}";

    /// <summary>Ids of alerts that began before this time come after it.</summary>
    public static string FirstIdBefore(DateTimeOffset at) => $"{IdPrefix}{DateTimeOffset.MaxValue.UtcTicks - at.UtcTicks:x16}";

    /// <summary>Whether it may name an alert; what may not never reaches the store.</summary>
    public static bool IsId(string text) =>
        text.StartsWith(IdPrefix, StringComparison.Ordinal) && text.Length == IdPrefix.Length + IdLength && !text.AsSpan(IdPrefix.Length).ContainsAnyExcept(HexDigits);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
