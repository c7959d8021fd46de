namespace ServerlessRouter.Classification;

/// <summary>How many letters of each script a text has, by the first bytes of their UTF-8.</summary>
internal struct ScriptCounts
{
    /// <summary>The first of the bytes that may lead a letter of another script than Latin.</summary>
    public const byte FirstBeyondLatin = LastOfLatin + 1;

    private const byte LastOfLatin = 0xca;

    private int _latin;
    private int _greek;
    private int _cyrillic;
    private int _ukrainian;
    private int _hebrew;
    private int _arabic;
    private int _persian;
    private int _devanagari;
    private int _bengali;
    private int _tamil;
    private int _thai;
    private int _hangul;
    private int _kana;
    private int _han;

    public static ScriptCounts Of(ReadOnlySpan<byte> text)
    {
        var counts = default(ScriptCounts);
        for (var place = 0; place < text.Length; place++)
        {
            var value = text[place];
            if (value < 0x80)
                counts._latin += (byte)((value | 0x20) - 'a') < 26 ? 1 : 0;
            else if (value >= 0xc3 && place + 1 < text.Length)
                counts.Add(value, text[place + 1]);
        }

        return counts;
    }

    /// <summary>The language of the script with the most letters; null for Latin script and for no letters at all.</summary>
    public readonly string? DominantLanguage()
    {
        // An ideograph says about as much as two and a half letters of an alphabet.
        var eastern = (_kana + _han) * 5 / 2;
        var most = Math.Max(Math.Max(Math.Max(_greek, _cyrillic), Math.Max(_hebrew, _arabic)), Math.Max(Math.Max(_devanagari, _bengali), Math.Max(_tamil, _thai)));
        most = Math.Max(most, Math.Max(_hangul * 2, eastern));
        if (most == 0 || most < _latin)
            return null;
        if (most == eastern)
            return _kana * 8 >= _han && _kana > 0 ? "ja" : "zh";
        if (most == _hangul * 2)
            return "ko";
        if (most == _cyrillic)
            return _ukrainian * 50 >= _cyrillic ? "uk" : "ru";
        if (most == _arabic)
            return _persian * 25 >= _arabic ? "fa" : "ar";
        return most == _greek ? "el" : most == _hebrew ? "he" : most == _devanagari ? "hi" : most == _bengali ? "bn" : most == _tamil ? "ta" : "th";
    }

    private void Add(byte lead, byte next)
    {
        switch (lead)
        {
            case <= LastOfLatin:
                _latin++;
                break;
            case 0xce or 0xcf:
                _greek++;
                break;
            case 0xd0 or 0xd1 or 0xd2:
                _cyrillic++;
                // і ї є ґ
                _ukrainian += (lead, next) is (0xd1, 0x94 or 0x96 or 0x97) or (0xd2, 0x91) ? 1 : 0;
                break;
            case 0xd6 or 0xd7:
                _hebrew++;
                break;
            case >= 0xd8 and <= 0xdb:
                _arabic++;
                // پ چ ژ گ ک ی
                _persian += (lead, next) is (0xd9, 0xbe) or (0xda, 0x86 or 0x98 or 0xaf or 0xa9) or (0xdb, 0x8c) ? 1 : 0;
                break;
            case 0xe0:
                AddIndic(next);
                break;
            case 0xe1 when next is 0xba or 0xbb:
                _latin++;
                break;
            case 0xe3 when next is 0x81 or 0x82 or 0x83:
                _kana++;
                break;
            case >= 0xe3 and <= 0xe9 when lead != 0xe3 || next >= 0x90:
                _han++;
                break;
            case >= 0xea and <= 0xed when lead != 0xea || next >= 0xb0:
                _hangul++;
                break;
            default:
                break;
        }
    }

    private void AddIndic(byte next)
    {
        switch (next)
        {
            case 0xa4 or 0xa5:
                _devanagari++;
                break;
            case 0xa6 or 0xa7:
                _bengali++;
                break;
            case 0xae or 0xaf:
                _tamil++;
                break;
            case 0xb8 or 0xb9:
                _thai++;
                break;
            default:
                break;
        }
    }
}
