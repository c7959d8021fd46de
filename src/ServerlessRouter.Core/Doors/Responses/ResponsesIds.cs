using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Ids of a response and its items. Items carry the response's, so that a reference to one tells where it is kept.</summary>
public static class ResponsesIds
{
    /// <summary>What ids of responses begin with.</summary>
    public const string Prefix = "resp_";

    private const int CoreDigits = 32;

    private static readonly SearchValues<char> CoreDigit = SearchValues.Create("0123456789abcdef");

    /// <summary>
    /// The id of the response to a request. Callers may name requests as they like, also two alike, so the time is in it: the same two always come to the same id.
    /// </summary>
    public static string Of(string requestId, DateTimeOffset now) => Prefix + CoreOf(requestId, now);

    /// <summary>The response that an item of ours belongs to; null for any other id.</summary>
    public static string? ResponseOf(string itemId)
    {
        var first = itemId.IndexOf('_', StringComparison.Ordinal);
        var last = itemId.LastIndexOf('_');
        return first > 0 && last - first - 1 == CoreDigits && !itemId.AsSpan(first + 1, CoreDigits).ContainsAnyExcept(CoreDigit)
            ? string.Concat(Prefix, itemId.AsSpan(first + 1, CoreDigits))
            : null;
    }

    internal static string CoreOf(string requestId, DateTimeOffset now)
    {
        var length = Encoding.UTF8.GetByteCount(requestId);
        var named = new byte[length + sizeof(long)];
        Encoding.UTF8.GetBytes(requestId, named);
        BinaryPrimitives.WriteInt64LittleEndian(named.AsSpan(length), now.UtcTicks);
        return Convert.ToHexStringLower(SHA256.HashData(named).AsSpan(0, CoreDigits / 2));
    }
}
