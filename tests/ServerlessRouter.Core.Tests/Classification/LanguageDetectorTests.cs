using System.Text;
using ServerlessRouter.Classification;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

public sealed class LanguageDetectorTests
{
    [Theory]
    [InlineData("Can you tell me where the nearest pharmacy is?", "en")]
    [InlineData("Kannst du mir sagen, wo die nächste Apotheke ist?", "de")]
    [InlineData("Pouvez-vous me dire où se trouve la pharmacie la plus proche ?", "fr")]
    [InlineData("¿Me puedes decir dónde está la farmacia más cercana?", "es")]
    [InlineData("Mi puoi dire dove si trova la farmacia più vicina?", "it")]
    [InlineData("Você pode me dizer onde fica a farmácia mais próxima?", "pt")]
    [InlineData("Kun je me vertellen waar de dichtstbijzijnde apotheek is?", "nl")]
    [InlineData("Czy możesz mi powiedzieć, gdzie jest najbliższa apteka?", "pl")]
    [InlineData("Kan du säga mig var det närmaste apoteket är?", "sv")]
    [InlineData("Подскажите, где ближайшая аптека?", "ru")]
    [InlineData("Підкажіть, будь ласка, де найближча аптека?", "uk")]
    [InlineData("Πού είναι το πλησιέστερο φαρμακείο;", "el")]
    [InlineData("أين أقرب صيدلية؟", "ar")]
    [InlineData("איפה בית המרקחת הקרוב?", "he")]
    [InlineData("सबसे नज़दीकी दवा की दुकान कहाँ है?", "hi")]
    [InlineData("一番近い薬局はどこですか?", "ja")]
    [InlineData("最近的药店在哪里?", "zh")]
    [InlineData("가장 가까운 약국이 어디예요?", "ko")]
    [InlineData("ร้านขายยาที่ใกล้ที่สุดอยู่ที่ไหน", "th")]
    public void Detect_Sentence_NamesItsLanguage(string text, string language) => Assert.Equal(language, Detect(text));

    [Theory]
    [InlineData("")]
    [InlineData("12345 67890 + 3")]
    [InlineData("xqzt vrrm plonk")]
    [InlineData("{\"id\":1,\"sku\":\"A-17\"}")]
    public void Detect_NoLanguage_IsUndetermined(string text) => Assert.Equal(LanguageDetector.Undetermined, Detect(text));

    [Fact]
    public void Detect_NothingButWordsOfOneLetter_CountsThemAll() => Assert.Equal("pl", Detect(string.Concat(Enumerable.Repeat("w z ", 200))));

    private static string Detect(string text) => LanguageDetector.Detect(Encoding.UTF8.GetBytes(text));
}
