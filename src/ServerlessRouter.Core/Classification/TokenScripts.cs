namespace ServerlessRouter.Classification;

/// <summary>Scripts beyond plain Latin letters, told apart by the first bytes of their letters, and what their runs cost.</summary>
/// <remarks>Each price was fitted to runs of texts of that script as o200k_base cuts them: hundredths of a token for a run and for each letter in it.</remarks>
internal static class TokenScripts
{
    private const byte Stray = 0;
    private const byte Latin1 = 1;
    private const byte Accented = 2;
    private const byte Greek = 3;
    private const byte Cyrillic = 4;
    private const byte Armenian = 5;
    private const byte Hebrew = 6;
    private const byte Arabic = 7;
    private const byte Devanagari = 8;
    private const byte Bengali = 9;
    private const byte Gujarati = 10;
    private const byte Tamil = 11;
    private const byte Telugu = 12;
    private const byte Kannada = 13;
    private const byte Malayalam = 14;
    private const byte Rare = 15;
    private const byte Thai = 16;
    private const byte Burmese = 17;
    private const byte Georgian = 18;
    private const byte Khmer = 19;
    private const byte Ethiopic = 20;
    private const byte Quotes = 21;
    private const byte Lines = 22;
    private const byte Signs = 23;
    private const byte WideSigns = 24;
    private const byte Kana = 25;
    private const byte Han = 26;
    private const byte Hangul = 27;
    private const byte Emoji = 28;

    private static ReadOnlySpan<byte> RunPrices => [0, 30, 75, 22, 62, 50, 18, 42, 48, 40, 30, 20, 40, 50, 80, 60, 40, 90, 40, 60, 60, 0, 70, 0, 0, 0, 0, 45, 0];

    private static ReadOnlySpan<byte> LetterPrices => [100, 70, 25, 36, 16, 45, 42, 27, 22, 30, 42, 32, 41, 35, 27, 100, 40, 48, 24, 60, 200, 85, 18, 150, 85, 92, 105, 56, 172];

    /// <summary>Price of a run of this many letters.</summary>
    public static int Price(byte script, int letters) => RunPrices[script] + LetterPrices[script] * letters;

    /// <summary>Bytes of the character that this byte leads.</summary>
    public static int Bytes(byte lead) => lead switch
    {
        < 0xc0 => 1,
        < 0xe0 => 2,
        < 0xf0 => 3,
        _ => 4,
    };

    /// <summary>The first Chinese character; kana come before it.</summary>
    public const int FirstHan = 0x4e00;

    /// <summary>Prices of a pair of letters that is a token, of a Chinese character and of a kana by itself.</summary>
    public const int PairPrice = 100;
    public const int HanPrice = 105;
    public const int KanaPrice = 92;

    /// <summary>Whether a Chinese character, all but rare ones, or a kana begins with these bytes.</summary>
    public static bool IsEastAsian(byte lead, byte next) => lead is >= 0xe4 and <= 0xe9 || (lead == 0xe3 && next is >= 0x81 and <= 0x83);

    public static bool IsCyrillic(byte script) => script == Cyrillic;

    /// <summary>The script of the character that begins with these two bytes.</summary>
    public static byte Of(byte lead, byte next) => lead switch
    {
        < 0xc2 => Stray,
        0xc2 => Latin1,
        <= 0xcd => Accented,
        <= 0xcf => Greek,
        <= 0xd3 => Cyrillic,
        <= 0xd5 => Armenian,
        0xd6 => next < 0x90 ? Armenian : Hebrew,
        0xd7 => Hebrew,
        <= 0xdb => Arabic,
        <= 0xdf => Rare,
        0xe0 => OfIndia(next),
        0xe1 => OfTheEast(next),
        0xe2 => next switch
        {
            0x80 => Quotes,
            >= 0x94 and <= 0x96 => Lines,
            _ => Signs,
        },
        0xe3 => next switch
        {
            0x80 => WideSigns,
            <= 0x83 => Kana,
            _ => Han,
        },
        <= 0xe9 => Han,
        <= 0xed => Hangul,
        0xef => WideSigns,
        >= 0xf0 => Emoji,
        _ => Rare,
    };

    private static byte OfIndia(byte next) => next switch
    {
        0xa4 or 0xa5 => Devanagari,
        0xa6 or 0xa7 => Bengali,
        >= 0xa8 and <= 0xab => Gujarati,
        0xae or 0xaf => Tamil,
        0xb0 or 0xb1 => Telugu,
        0xb2 or 0xb3 => Kannada,
        0xb4 or 0xb5 => Malayalam,
        0xb8 or 0xb9 => Thai,
        _ => Rare,
    };

    private static byte OfTheEast(byte next) => next switch
    {
        0x80 or 0x81 => Burmese,
        0x82 or 0x83 => Georgian,
        >= 0x88 and <= 0x8e => Ethiopic,
        0x9e or 0x9f => Khmer,
        0xba or 0xbb => Accented,
        >= 0xbc => Greek,
        _ => Rare,
    };
}
