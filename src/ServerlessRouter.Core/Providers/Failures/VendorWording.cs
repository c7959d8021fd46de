using System.Collections.Immutable;
using System.Text;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>One way in which a vendor says what went wrong, and what the router takes it for.</summary>
/// <param name="Means">What it is taken for.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Words">In a text, <c>*</c> stands for at most 200 characters inside one sentence. Case does not count.</param>
/// <param name="Vendors">Who says so, for people.</param>
internal sealed record VendorWording(FailureKind Means, WordingPlace Place, string Words, string Vendors)
{
    private const int MaxGap = 200;
    private const string SentenceEnd = ". ";

    private readonly ImmutableArray<string> _parts = [.. Words.Split('*')];
    private readonly string _sign = SignOf(Words);

    /// <summary>A sign without what does not count in it.</summary>
    public static string SignOf(ReadOnlySpan<char> text)
    {
        var sign = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter is not ('_' or '-' or '.' or ' ' or ':' or '/'))
                sign.Append(char.ToLowerInvariant(letter));
        }

        return sign.ToString();
    }

    /// <summary>Whether an error says it.</summary>
    public bool IsSaidBy(VendorError error) => Place switch
    {
        WordingPlace.Sign => error.Signs.Contains(_sign),
        WordingPlace.BareCode => error.BareCodes.Contains(_sign),
        WordingPlace.Text => IsInAny(error.Texts),
    };

    /// <summary>Whether a text holds the words; meaningful for <see cref="WordingPlace.Text"/>.</summary>
    public bool IsIn(ReadOnlySpan<char> text)
    {
        while (Find(text, 0) is var first and >= 0)
        {
            if (HoldsRest(text[(first + _parts[0].Length)..]))
                return true;
            text = text[(first + 1)..];
        }

        return false;
    }

    private bool IsInAny(ImmutableArray<string> texts)
    {
        foreach (var text in texts)
        {
            if (IsIn(text))
                return true;
        }

        return false;
    }

    private int Find(ReadOnlySpan<char> text, int part) => text.IndexOf(_parts[part], StringComparison.OrdinalIgnoreCase);

    private bool HoldsRest(ReadOnlySpan<char> text)
    {
        for (var part = 1; part < _parts.Length; part++)
        {
            var gap = Find(text, part);
            if (gap is < 0 or > MaxGap || text[..gap].Contains(SentenceEnd, StringComparison.Ordinal))
                return false;
            text = text[(gap + _parts[part].Length)..];
        }

        return true;
    }
}

/// <summary>Where in a vendor's error a wording stands.</summary>
internal enum WordingPlace
{
    /// <summary>A whole code, type, status or reason; case, hyphens, underscores, dots and spaces do not count.</summary>
    Sign,

    /// <summary>A whole code of an error without a type: a number that means this at one vendor only.</summary>
    BareCode,

    /// <summary>Part of a text for people.</summary>
    Text,
}
