using System.Buffers;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Jobs;

/// <summary>Names jobs and files: a prefix, the time, and chance; names sort by the time they were given.</summary>
internal static class JobIds
{
    public const string Batch = "batch_";
    public const string Request = "job_";
    public const string File = "file-";

    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int BitsPerDigit = 5;
    private const int TimeDigits = 10;
    private const int ChanceDigits = 12;
    private const int BitsPerDraw = 30;
    private const int MaxPrefixLength = 8;

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    public static string Draw(string prefix, TimeProvider time, IRandomSource random)
    {
        var chance = ((long)random.Next(1 << BitsPerDraw) << BitsPerDraw) | (long)random.Next(1 << BitsPerDraw);
        return string.Create(prefix.Length + TimeDigits + ChanceDigits, (prefix, time.GetUtcNow().ToUnixTimeMilliseconds(), chance), static (name, parts) =>
        {
            parts.prefix.CopyTo(name);
            Write(name.Slice(parts.prefix.Length, TimeDigits), parts.Item2);
            Write(name[(parts.prefix.Length + TimeDigits)..], parts.chance);
        });
    }

    /// <summary>A file whose name follows from what it is for.</summary>
    public static string FileOf(string hash) => $"{File}{hash[..(TimeDigits + ChanceDigits)]}";

    /// <summary>The name of a job's output; the same whenever it is asked for, so that ending a job may be repeated.</summary>
    public static string OutputOf(string jobId) => $"{File}{jobId[(jobId.LastIndexOf('_') + 1)..]}o";

    /// <summary>The name of a job's errors.</summary>
    public static string ErrorsOf(string jobId) => $"{File}{jobId[(jobId.LastIndexOf('_') + 1)..]}e";

    /// <summary>Anything else cannot be a row's key and names nothing.</summary>
    public static bool IsWellFormed(string id) =>
        id.Length is > TimeDigits + ChanceDigits and <= MaxPrefixLength + TimeDigits + ChanceDigits && !id.AsSpan().ContainsAnyExcept(Letters);

    private static void Write(Span<char> digits, long number)
    {
        for (var place = digits.Length - 1; place >= 0; place--, number >>= BitsPerDigit)
            digits[place] = Digits[(int)(number & 31)];
    }
}
