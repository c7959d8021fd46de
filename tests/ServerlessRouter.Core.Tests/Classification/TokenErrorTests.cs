using System.Globalization;
using System.Text;
using ServerlessRouter.Classification;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

/// <summary>How far estimates are from the real tokenizers, by kind of text: what <c>docs/tokens.md</c> states.</summary>
public sealed class TokenErrorTests
{
    private const string UpdateVariable = "UPDATE_TOKEN_ERRORS";
    private const double MaxErrorOfMost = 0.15;
    private const int LongBytes = 16 * 1024;
    private const int TokensOfO200k = 199_998;
    private const char FirstKana = '\u3041';
    private const char LastKana = '\u30ff';
    private const char FirstHan = '\u4e00';
    private const char LastHan = '\u9fff';

    /// <summary>Other languages in Latin letters are told apart by nothing but their accents, and windows miss where long runs of white space begin and end.</summary>
    private const double MaxErrorOfOthers = 0.25;

    public static TheoryData<string> Kinds => [.. TokenTexts.Kinds];

    [Theory, MemberData(nameof(Kinds))]
    public void Estimate_NineteenOfTwentyTexts_AreWithinFifteenPercent(string kind) =>
        Assert.InRange(Percentile95(Errors(kind).Select(Math.Abs)), 0, Bound(kind));

    [Theory, MemberData(nameof(Kinds))]
    public void EstimateTokens_LongPromptReadInWindows_IsWithinFifteenPercent(string kind) =>
        Assert.InRange(Percentile95(LongErrors(kind).Select(Math.Abs)), 0, kind == "White space" ? MaxErrorOfOthers : Bound(kind));

    [Fact]
    public void Docs_ErrorByKind_IsWhatTheTokenizersSay()
    {
        var path = Path.Combine(RepositoryFolder.Path, "docs", "tokens.md");
        var page = File.ReadAllText(path).ReplaceLineEndings("\n");
        var (start, end) = (page.IndexOf("| kind |", StringComparison.Ordinal), page.IndexOf("\n\n", page.IndexOf("| kind |", StringComparison.Ordinal), StringComparison.Ordinal));
        var table = Table();
        if (Environment.GetEnvironmentVariable(UpdateVariable) is not null)
            File.WriteAllText(path, page[..start] + table + page[end..]);
        else
            Assert.True(table == page[start..end], $"docs/tokens.md is not what the tokenizers say. Write it anew: {UpdateVariable}=1 dotnet test tests/ServerlessRouter.Core.Tests --filter TokenErrorTests\n{table}");
    }

    [Fact]
    public void TokenPairs_AreThoseOfTheTokenizer()
    {
        var bits = new byte[TokenPairs.Bits / 8];
        for (var token = 0; token < TokensOfO200k; token++)
        {
            if (TokenTexts.O200k.Decode([token]) is not [var first and >= FirstKana and <= LastHan, var second and >= FirstKana and <= LastHan])
                continue;
            if (first is > LastKana and < FirstHan || second is > LastKana and < FirstHan)
                continue;
            var bit = TokenPairs.BitOf(first, second);
            bits[bit >> 3] |= (byte)(1 << (bit & 7));
        }

        if (Environment.GetEnvironmentVariable(UpdateVariable) is not null)
            File.WriteAllBytes(Path.Combine(RepositoryFolder.Path, "src", "ServerlessRouter.Core", "Classification", TokenPairs.ResourceName), bits);
        using var shipped = typeof(TokenPairs).Assembly.GetManifestResourceStream(TokenPairs.ResourceName)!;
        using var copy = new MemoryStream();
        shipped.CopyTo(copy);
        Assert.Equal(bits, copy.ToArray());
    }

    private static string Table()
    {
        var table = new StringBuilder("| kind | texts | mean | 19 of 20 within | of 16 KB | cl100k_base: mean |\n| --- | --- | --- | --- | --- | --- |");
        foreach (var kind in TokenTexts.Kinds)
        {
            var errors = Errors(kind).ToArray();
            table.Append(CultureInfo.InvariantCulture, $"\n| {kind} | {errors.Length} | {Percent(errors.Average())} | {Percent(Percentile95(errors.Select(Math.Abs)), false)} | {Percent(Percentile95(LongErrors(kind).Select(Math.Abs)), false)} | ");
            table.Append(Percent(TokenTexts.Of(kind).Average(static text => Error(Estimate(text), TokenTexts.Cl100k.CountTokens(text))))).Append(" |");
        }

        return table.ToString();
    }

    private static double Bound(string kind) => kind is "French" or "German" or "Spanish" ? MaxErrorOfOthers : MaxErrorOfMost;

    private static IEnumerable<double> Errors(string kind) => TokenTexts.Of(kind).Select(static text => Error(Estimate(text), TokenTexts.O200k.CountTokens(text)));

    private static IEnumerable<double> LongErrors(string kind) => Enumerable.Range(0, TokenTexts.Of(kind).Count()).Select(from =>
    {
        var text = TokenTexts.Long(kind, from, LongBytes);
        using var request = ScannedRequest.Of(ChatBodies.Plain(text));
        return Error(PromptSize.EstimateTokens(request), TokenTexts.O200k.CountTokens(text));
    });

    private static int Estimate(string text) => TokenEstimator.Estimate(Encoding.UTF8.GetBytes(text));

    private static double Error(int estimate, int tokens) => (estimate - tokens) / (double)tokens;

    private static double Percentile95(IEnumerable<double> errors)
    {
        var sorted = errors.Order().ToArray();
        return sorted[(int)Math.Ceiling(0.95 * sorted.Length) - 1];
    }

    private static string Percent(double share, bool isSigned = true) => (share * 100).ToString(isSigned ? "+0;−0;0" : "0", CultureInfo.InvariantCulture) + " %";
}
