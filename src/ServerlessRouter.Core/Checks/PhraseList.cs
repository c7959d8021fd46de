using System.Buffers;
using System.Text;

namespace ServerlessRouter.Checks;

/// <summary>Phrases that are looked for in UTF-8 text; letters of English in either case, apostrophes straight or curly.</summary>
internal sealed class PhraseList
{
    private readonly SearchValues<string> _phrases;

    public PhraseList(params string[] phrases) => _phrases = SearchValues.Create(
        [.. phrases, .. phrases.Where(static phrase => phrase.Contains('\'')).Select(static phrase => phrase.Replace('\'', '\u2019'))], StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether any of them stands in a text of at most a few kilobytes.</summary>
    public bool IsIn(ReadOnlySpan<byte> text)
    {
        var characters = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetMaxCharCount(text.Length));
        try
        {
            return characters.AsSpan(0, Encoding.UTF8.GetChars(text, characters)).ContainsAny(_phrases);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }
}
