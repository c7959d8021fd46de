using Microsoft.AspNetCore.Http;
using ServerlessRouter.Domain;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http;

/// <summary>Names requests: as the caller did, where that is safe to repeat in headers and logs, and by time and lot otherwise.</summary>
internal sealed class RequestIdSource(TimeProvider time, IRandomSource random)
{
    public const int MaxAcceptedLength = 128;

    private const string Prefix = "req_";
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int BitsPerDigit = 5;
    private const int TimeDigits = 10;
    private const int ChanceDigits = 12;
    private const int BitsPerDraw = 30;

    public string Of(HttpRequest request)
    {
        var sent = request.Headers[RouterHeaders.RequestId];
        return sent is [{ Length: > 0 and <= MaxAcceptedLength } name] && IsPrintable(name) ? name : Draw();
    }

    /// <summary>Names sort by the time they were given.</summary>
    private string Draw()
    {
        var milliseconds = time.GetUtcNow().ToUnixTimeMilliseconds();
        var chance = ((long)random.Next(1 << BitsPerDraw) << BitsPerDraw) | (long)random.Next(1 << BitsPerDraw);
        return string.Create(Prefix.Length + TimeDigits + ChanceDigits, (milliseconds, chance), static (name, parts) =>
        {
            Prefix.CopyTo(name);
            Write(name.Slice(Prefix.Length, TimeDigits), parts.milliseconds);
            Write(name[(Prefix.Length + TimeDigits)..], parts.chance);
        });
    }

    private static void Write(Span<char> digits, long number)
    {
        for (var place = digits.Length - 1; place >= 0; place--, number >>= BitsPerDigit)
            digits[place] = Digits[(int)(number & 31)];
    }

    private static bool IsPrintable(string name) => !name.AsSpan().ContainsAnyExceptInRange('!', '~');
}
