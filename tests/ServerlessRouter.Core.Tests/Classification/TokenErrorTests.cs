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

    public static TheoryData<string> Kinds => [.. TokenTexts.Kinds];

    [Theory, MemberData(nameof(Kinds))]
    public void Estimate_NineteenOfTwentyTexts_AreWithinFifteenPercent(string kind) =>
        Assert.InRange(Percentile95(Errors(kind).Select(Math.Abs)), 0, MaxErrorOfMost);

    [Theory, MemberData(nameof(Kinds))]
    public void EstimateTokens_LongPromptReadInWindows_IsWithinFifteenPercent(string kind) =>
        Assert.InRange(Percentile95(LongErrors(kind).Select(Math.Abs)), 0, MaxErrorOfMost);

    /// <summary>Everyday messages, to which no price was fitted.</summary>
    [Theory]
    [InlineData("Salut ! Je cherche une recette simple pour ce soir : j'ai des courgettes, deux œufs, un peu de fromage râpé et de la crème. Est-ce que je peux faire un gratin sans four ? Mes enfants n'aiment pas trop les légumes, alors il faudrait quelque chose de doux. Merci d'avance pour vos idées, et dites-moi aussi combien de temps ça prend.")]
    [InlineData("Le serveur a redémarré cette nuit vers trois heures et, depuis, les sauvegardes échouent avec une erreur de permission. J'ai vérifié les droits du dossier, l'espace disque et la clé du compte de service ; tout semble correct. Pourriez-vous m'expliquer pas à pas comment trouver la cause, sans interrompre les utilisateurs déjà connectés ?")]
    [InlineData("La ville s'étend le long du fleuve, entre des collines couvertes de vignes et de vieux villages de pierre. Au printemps, les marchés se remplissent de fraises, d'asperges et de fleurs ; en hiver, le brouillard descend sur les quais et les passants pressent le pas. Mon grand-père y tenait une petite librairie où l'on trouvait surtout des romans d'occasion.")]
    [InlineData("Hola, necesito ayuda con una carta para mi casero. El calentador lleva tres semanas roto y, aunque lo llamé varias veces, nadie ha venido a repararlo. Quiero que suene firme pero educada, y que mencione que la ley le obliga a mantener la vivienda en buenas condiciones. También me gustaría pedir un descuento en el alquiler de este mes.")]
    [InlineData("El informe muestra que las ventas crecieron un doce por ciento en el segundo trimestre, sobre todo gracias a los clientes nuevos del norte. Sin embargo, los costes de transporte subieron más de lo previsto y el margen quedó casi igual. ¿Puedes resumir los puntos más importantes y proponer dos medidas para el próximo año?")]
    [InlineData("Cuando llegamos al pueblo ya era de noche y no había ni una luz en la plaza. Mi hermana llevaba la mochila con el agua y el pan; yo, un mapa que no servía para nada. Un perro ladró detrás de la iglesia y entonces se abrió una puerta: era la señora Elena, que nos esperaba con una sopa caliente.")]
    [InlineData("Bom dia, estou a tentar instalar a aplicação no meu computador, mas aparece sempre a mesma mensagem de erro depois de escolher a pasta. Já reiniciei a máquina, apaguei os ficheiros antigos e desliguei o antivírus, e nada mudou. Alguém me consegue dizer se é um problema da versão ou se preciso de permissões de administrador?")]
    [InlineData("A reunião de amanhã foi adiada para quinta-feira às dez horas, porque o diretor está em viagem. Peço a todos que enviem as apresentações até quarta à noite, com os números atualizados e um resumo de uma página. Não se esqueçam de incluir as despesas previstas para o próximo semestre.")]
    public void Estimate_MessageInALanguageWithAccents_IsWithinFifteenPercent(string message) =>
        Assert.InRange(Math.Abs(Error(Estimate(message), TokenTexts.O200k.CountTokens(message))), 0, MaxErrorOfMost);

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
