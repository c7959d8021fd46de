using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace ServerlessRouter.Core.Tests.Classification;

/// <summary>Texts of every kind that prompts are made of, and what the real tokenizers make of them.</summary>
/// <remarks>
/// In <c>token-texts.json</c>: the Universal Declaration of Human Rights in twelve languages, messages written for this, the project's own code and pages as they were, and what was made
/// by a generator: records as JSON, random bytes as base64, figures, white space, emoji.
/// </remarks>
internal static class TokenTexts
{
    public static readonly Tokenizer O200k = TiktokenTokenizer.CreateForEncoding("o200k_base");

    public static readonly Tokenizer Cl100k = TiktokenTokenizer.CreateForEncoding("cl100k_base");

    public static readonly IReadOnlyList<(string Kind, string Text)> All = Read();

    public static IReadOnlyList<string> Kinds { get; } = [.. All.Select(static text => text.Kind).Distinct()];

    private static List<(string Kind, string Text)> Read()
    {
        using var file = typeof(TokenTexts).Assembly.GetManifestResourceStream("token-texts.json")!;
        using var json = JsonDocument.Parse(file);
        return [.. json.RootElement.EnumerateArray().Select(static text => (text.GetProperty("kind").GetString()!, text.GetProperty("text").GetString()!))];
    }

    public static IEnumerable<string> Of(string kind) => All.Where(text => text.Kind == kind).Select(static text => text.Text);

    /// <summary>A text of about so many bytes, made of those of a kind from a place on.</summary>
    public static string Long(string kind, int from, int bytes)
    {
        var texts = Of(kind).ToArray();
        var whole = new StringBuilder();
        for (var place = from; whole.Length == 0 || Encoding.UTF8.GetByteCount(whole.ToString()) < bytes; place++)
            whole.Append(texts[place % texts.Length]).Append('\n');
        return whole.ToString();
    }
}
