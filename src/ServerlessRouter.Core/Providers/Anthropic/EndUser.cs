namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Which names of an end user the vendor takes as <c>metadata.user_id</c>: opaque ones of at most 256 characters. It answers 400 to what looks like an e-mail address or a telephone number.</summary>
internal static class EndUser
{
    private const int MaxLength = 256;
    private const int MinPhoneDigits = 7;
    private const int MaxPhoneDigits = 15;

    public static bool IsTaken(string user) => user.Length <= MaxLength && !HasEmail(user) && !IsPhone(user);

    /// <summary>A sign before an at, and behind it a name with a dot inside.</summary>
    private static bool HasEmail(string user)
    {
        for (var at = user.IndexOf('@', StringComparison.Ordinal); at >= 0; at = user.IndexOf('@', at + 1))
        {
            var end = at + 1;
            while (end < user.Length && (char.IsLetterOrDigit(user[end]) || user[end] is '.' or '-'))
                end++;
            if (at > 0 && !char.IsWhiteSpace(user[at - 1]) && user.AsSpan((at + 1)..end).Trim('.').Contains('.'))
                return true;
        }

        return false;
    }

    /// <summary>Digits alone are an id as well; those written as a telephone number are not.</summary>
    private static bool IsPhone(string user)
    {
        var digits = 0;
        var isWrittenSo = false;
        foreach (var character in user)
        {
            if (char.IsAsciiDigit(character))
                digits++;
            else if (character is '+' or ' ' or '(' or ')' or '-' or '.' or '/')
                isWrittenSo = true;
            else
                return false;
        }

        return isWrittenSo && digits is >= MinPhoneDigits and <= MaxPhoneDigits;
    }
}
