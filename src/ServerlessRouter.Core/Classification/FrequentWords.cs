using System.Text;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Classification;

/// <summary>The most frequent small words of the larger languages in Latin script, looked up by hash.</summary>
internal static class FrequentWords
{
    /// <summary>Words that are looked up together.</summary>
    private const int Batch = 128;

    private static readonly (string Language, string Words)[] Lists =
    [
        ("en", "the of and to in is that it for was on are with as his they be at this have from or had by but what some we can out other were all your when use how said an each she which do their time if will way about many then them would write these so her make like him into has look more go see no could my than been who its now find long down day did get come made may what's i'm don't please give explain you me us does should why where hello hi thanks"),
        ("de", "der die das und ist nicht ein eine einen einem einer zu den mit von für auf dem des im sich auch als es ich wir sie er aber wie was wenn oder bei nach aus noch nur wird sind werden hat haben kann über mir bitte warum welche wer wo mich ihr zum zur dass war hallo danke wie"),
        ("fr", "le la les des et est une un dans que qui pour pas sur avec ce cette il elle nous vous je ne se au aux du plus par mais ou où sont été être avoir fait comme son sa ses leur quel quelle pourquoi comment bonjour merci moi peux très"),
        ("es", "el la los las de que y en un una es por con no para su al lo como más pero sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante qué cuál cómo por favor hola gracias del se puedes son está"),
        ("it", "il lo la gli le di che è e un una per con non sono da del della nel nella si come più ma anche ci mi ha questo questa quello perché quando dove chi cosa quali alle ai al delle dei sul ciao grazie vorrei essere fare molto"),
        ("pt", "o a os as de que e do da em um uma para com não por mais dos das se na no como mas foi ao ele ela são está também seu sua quando muito nos já eu qual você isso este esta porque onde olá obrigado pelo pela numa ou me gostaria é"),
        ("nl", "de het een en van is dat niet op te in zijn voor met die aan er ook als maar om hij ze wij je ik dit naar bij nog uit wordt over door kan wat hoe waarom waar wie deze geen heeft hebben zou wel of omdat hallo dank"),
        ("pl", "i w na z się nie do to jest że o jak ale za po co tak od przez czy dla są był była było być może tylko już przy ich jego który która które oraz mnie proszę dlaczego gdzie kiedy dzień dobry dziękuję"),
        ("sv", "och att det som en på är av för med den till inte har om ett men var jag så kan från vi när man hade eller vad hur också efter där ska mycket varför hej tack mig"),
        ("da", "og at det som en på er af for med den til ikke har om et men var jeg så kan fra vi når man havde eller hvad hvordan også efter hvor skal meget hvorfor hej tak mig"),
        ("cs", "a v se na je že s z do o k i jako za by ale pro jsou jsem od po který která které nebo tak byl byla bylo být jen jak co když už proč kde děkuji dobrý prosím"),
        ("ro", "și în de la cu pe a că nu este un o din pentru care mai sunt se sau dar ce am fost fi lui au prin după cum unde când dacă bună mulțumesc"),
        ("hu", "az és hogy nem is egy ez van volt meg de ha mint csak vagy már még kell el ki be aki ami lehet miért hol mikor szia köszönöm"),
        ("tr", "ve bir bu da de için ile çok ne gibi daha olarak var ama kadar sonra olan mi ben sen o biz değil her nasıl neden nerede şey merhaba teşekkürler lütfen en"),
        ("id", "yang dan di dari untuk dengan ini itu pada adalah tidak dalam akan saya anda kami ke bisa oleh juga atau sudah lebih apa bagaimana mengapa tolong halo terima kasih"),
        ("vi", "và của là có không được một những cho các người trong với này tôi để khi đã như về ra làm gì bạn thế nào chúng xin cảm ơn hãy"),
        ("fi", "ja on ei että se hän oli mutta niin kuin olen ovat tämä mikä miten joka kun myös vain jos minä sinä voi ole miksi missä hei kiitos"),
    ];

    private static readonly string[] Codes = Array.ConvertAll(Lists, static list => list.Language);
    private static readonly FeatureTable Table;
    private static readonly int[] SetOfRow;
    private static readonly uint[] AllSets;

    static FrequentWords()
    {
        var languages = new Dictionary<uint, uint>();
        for (var list = 0; list < Lists.Length; list++)
        {
            foreach (var word in Lists[list].Words.Split(' '))
            {
                var hash = TextHash.Seed;
                foreach (var value in Encoding.UTF8.GetBytes(word))
                    hash = TextHash.Step(hash, value);
                hash = TextHash.Finish(hash);
                languages[hash] = languages.GetValueOrDefault(hash) | (1u << list);
            }
        }

        Table = new FeatureTable([.. languages.Keys]);
        AllSets = [.. languages.Values.Distinct()];
        SetOfRow = [.. languages.Values.Select(static set => Array.IndexOf(AllSets, set))];
    }

    public static ReadOnlySpan<string> Languages => Codes;

    /// <summary>The sets of languages that share words, one bit a language.</summary>
    public static ReadOnlySpan<uint> Sets => AllSets;

    /// <summary>The bit of English.</summary>
    public const uint English = 1;

    /// <summary>Adds to `counts`, one number for each of the <see cref="Sets"/>, the words it has by their hashes.</summary>
    public static void Count(ReadOnlySpan<uint> words, Span<int> counts)
    {
        Span<int> rows = stackalloc int[Batch];
        while (!words.IsEmpty)
        {
            var batch = words[..Math.Min(Batch, words.Length)];
            words = words[batch.Length..];
            foreach (var row in rows[..Table.RowsOf(batch, rows)])
                counts[SetOfRow[row]]++;
        }
    }
}
