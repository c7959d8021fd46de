using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Json;

/// <summary>Finds where a text stops being JSON and says why.</summary>
/// <remarks>
/// A <see cref="Utf8JsonReader"/> decides whether there is a fault; what follows the last token that it accepted tells which one: 1 the reading, 2 what may follow that
/// token, 3 a member's name, 4 a value, 5 texts, 6 numbers, 7 bare words, 8 the end of the text.
/// </remarks>
internal ref struct JsonFaultSearch
{
    private const int MaxQuotedName = 40;
    private const int HexDigitsOfEscape = 4;

    /// <summary>Most levels a <see cref="Utf8JsonReader"/> accepts where it is told nothing.</summary>
    private const int UsualMaxDepth = 64;

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$"u8);
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);
    private static readonly SearchValues<byte> NumberEnds = SearchValues.Create(" \t\r\n,]}"u8);

    private readonly ReadOnlySpan<byte> _text;
    private readonly JsonReaderOptions _options;
    private readonly Stack<int> _open = [];
    private JsonTokenType _last;
    private int _place;

    private JsonFaultSearch(ReadOnlySpan<byte> text, JsonReaderOptions options)
    {
        _text = text;
        _options = options;
    }

    private static ReadOnlySpan<byte> CommentStart => "/*"u8;

    private static ReadOnlySpan<byte> CommentEnd => "*/"u8;

    private readonly bool AcceptsComments => _options.CommentHandling != JsonCommentHandling.Disallow;

    private readonly int MaxDepth => _options.MaxDepth == 0 ? UsualMaxDepth : _options.MaxDepth;

    private readonly bool IsAtEnd => _place >= _text.Length;

    private readonly bool IsInList => _open.TryPeek(out var start) && _text[start] == '[';

    /// <summary>The byte at which the fault begins, and what it is; null when there is none.</summary>
    public static int? Run(ReadOnlySpan<byte> text, JsonReaderOptions options, out string message)
    {
        var search = new JsonFaultSearch(text, options);
        return search.Read(out message);
    }

    private int? Read(out string message)
    {
        var reader = new Utf8JsonReader(_text, _options);
        try
        {
            while (reader.Read())
                Accept(ref reader);
        }
        catch (JsonException)
        {
            message = AfterLastToken();
            return Math.Min(_place, _text.Length);
        }
        catch (InvalidOperationException)
        {
            message = "The text has a \\u escape that is half of a character; write the other half behind it, or the character itself.";
            return (int)reader.TokenStartIndex;
        }

        message = "";
        return null;
    }

    private void Accept(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            reader.GetString();
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            _open.Push((int)reader.TokenStartIndex);
        else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            _open.Pop();
        if (reader.TokenType != JsonTokenType.Comment)
            _last = reader.TokenType;
        _place = (int)reader.BytesConsumed;
    }

    private string AfterLastToken()
    {
        if (ForeignFormat.Of(_text) is { } format)
        {
            _place = 0;
            return $"This looks like {format}, but JSON is expected: it begins with '{{', and names and texts stand in double quotes.";
        }

        if (SkipBlanks() is { } badComment)
            return badComment;
        if (IsAtEnd)
            return Unclosed();
        return (_last, _text[_place]) switch
        {
            (JsonTokenType.StartObject, not (byte)']') => Name(),
            (JsonTokenType.StartArray, not (byte)'}') => Value(),
            (JsonTokenType.StartObject or JsonTokenType.StartArray, _) => Mismatch(),
            (JsonTokenType.None or JsonTokenType.PropertyName, _) => Value(),
            _ when _open.Count == 0 => "Something stands behind the end of the JSON value; remove it.",
            _ => AfterValue(),
        };
    }

    private string AfterValue()
    {
        switch (_text[_place])
        {
            case (byte)',':
                return AfterComma();
            case (byte)'}' or (byte)']':
                return Mismatch();
            case (byte)':' when IsInList:
                return "A ':' stands in a list, whose items have no names; put the names and values into an object, in braces.";
            case (byte)'/' or (byte)'#':
                return Comment();
            default:
                return _last == JsonTokenType.String
                    ? "A comma is missing before this, or a double quote within the text before it is not written as \\\"."
                    : "A comma is missing before this.";
        }
    }

    private string AfterComma()
    {
        var comma = _place++;
        if (SkipBlanks() is { } badComment)
            return badComment;
        if (IsAtEnd)
            return Unclosed();
        switch (_text[_place])
        {
            case (byte)'}' when !IsInList:
            case (byte)']' when IsInList:
                _place = comma;
                return "A comma stands behind the last entry; remove it.";
            case (byte)'}' or (byte)']':
                return Mismatch();
            case (byte)',':
                return "A second comma follows the first; remove one.";
            default:
                return IsInList ? Value() : Name();
        }
    }

    private string Name()
    {
        switch (_text[_place])
        {
            case (byte)'"':
                if (Text() is { } fault)
                    return fault;
                if (SkipBlanks() is { } badComment)
                    return badComment;
                return IsAtEnd ? Unclosed() : "A ':' is missing behind the name.";
            case (byte)',':
                return "A comma stands here with no entry before it; remove it.";
            default:
                return Oddity() ?? Unquoted();
        }
    }

    private readonly string Unquoted()
    {
        var rest = _text[_place..];
        var length = rest.IndexOfAnyExcept(NameBytes);
        return length is > 0 and <= MaxQuotedName && rest[length..].TrimStart(" \t"u8) is [(byte)':', ..]
            ? $"The name {Encoding.UTF8.GetString(rest[..length])} must stand in double quotes."
            : "A name in double quotes is expected here, with a ':' and a value behind it.";
    }

    private string Value() => _text[_place] switch
    {
        (byte)'"' => Text() ?? Fallback(),
        (byte)'{' or (byte)'[' => _open.Count >= MaxDepth ? $"The text is nested deeper than the {MaxDepth} levels that are read." : Fallback(),
        (byte)'}' or (byte)']' or (byte)',' or (byte)':' or (byte)'=' => "A value is missing before this.",
        >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'+' or (byte)'.' => Number(),
        >= (byte)'A' and <= (byte)'Z' or >= (byte)'a' and <= (byte)'z' => Word(),
        _ => Oddity() ?? "No value begins like this; a text must stand in double quotes.",
    };

    private readonly string Fallback() => _last == JsonTokenType.None ? "The text is not JSON." : "The text is not JSON from here on.";

    /// <summary>What stands where a name or value should begin and comes from another language or a word processor.</summary>
    private readonly string? Oddity() => _text[_place..] switch
    {
        [(byte)'\'' or (byte)'`', ..] => "Names and texts stand in double quotes (\"), not in single ones.",
        [(byte)'/' or (byte)'#', ..] => Comment(),
        [0xE2, 0x80, 0x98 or 0x99 or 0x9A or 0x9C or 0x9D or 0x9E, ..] => "Names and texts stand in plain double quotes (\"), not in typographic ones.",
        [0xC2, 0xA0, ..] or [0xE2, 0x80, >= 0x80 and <= 0x8B, ..] or [0xEF, 0xBB, 0xBF, ..] => "A blank that JSON does not know stands here (perhaps pasted from a web page); write a plain one.",
        _ => null,
    };

    private readonly string Comment() => AcceptsComments ? "Comments begin with // here; this does not." : "JSON has no comments; remove it.";

    /// <summary>Moves behind a text, or to the fault in it.</summary>
    private string? Text()
    {
        var start = _place++;
        for (; !IsAtEnd; _place++)
        {
            switch (_text[_place])
            {
                case (byte)'"':
                    _place++;
                    return null;
                case (byte)'\\' when EscapeFault() is { } fault:
                    return fault;
                case (byte)'\\':
                    _place += _text[_place + 1] == 'u' ? 1 + HexDigitsOfEscape : 1;
                    break;
                case (byte)'\n' or (byte)'\r':
                    return "A line ends within a text; write \\n for it, or close the text with a double quote before.";
                case (byte)'\t':
                    return "A tab stands within a text; write \\t for it.";
                case < (byte)' ' and var control:
                    return string.Create(CultureInfo.InvariantCulture, $"A control character stands within a text; write \\u{control:x4} for it.");
            }
        }

        _place = start;
        return "The text that begins here is not closed; add a double quote, or find what was cut off.";
    }

    private readonly string? EscapeFault()
    {
        var escape = _text[_place..];
        if (escape is [_])
            return "The text ends within an escape.";
        if (escape[1] == 'u')
        {
            return escape.Length >= 2 + HexDigitsOfEscape && !escape[2..(2 + HexDigitsOfEscape)].ContainsAnyExcept(HexDigits)
                ? null
                : "Behind \\u stand four hexadecimal digits; write \\\\ for a backslash.";
        }

        return "\"\\/bfnrt"u8.Contains(escape[1]) ? null : "This backslash begins no escape; write \\\\ for a backslash.";
    }

    private string Number()
    {
        var rest = _text[_place..];
        var length = rest.IndexOfAny(NumberEnds);
        if (length < 0 && double.TryParse(rest, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            _place = _text.Length;
            return Unclosed();
        }

        return rest switch
        {
            [(byte)'+', ..] => "A number has no '+' before it; remove it.",
            [(byte)'.', ..] => "A number begins with a digit; write 0 before the point.",
            [(byte)'0', >= (byte)'0' and <= (byte)'9', ..] or [(byte)'-', (byte)'0', >= (byte)'0' and <= (byte)'9', ..] => "A number has no zeros before its first digit; remove them.",
            _ => "This is not a number as JSON writes it, like 12, -0.5 or 1e6; a text must stand in double quotes.",
        };
    }

    private string Word()
    {
        var rest = _text[_place..];
        var length = rest.IndexOfAnyExcept(NameBytes);
        if (length < 0 && ("true"u8.StartsWith(rest) || "false"u8.StartsWith(rest) || "null"u8.StartsWith(rest)))
        {
            _place = _text.Length;
            return Unclosed();
        }

        return Encoding.UTF8.GetString(length < 0 ? rest : rest[..length]) switch
        {
            "True" or "TRUE" or "yes" or "Yes" or "on" => "True is written as true, without quotes.",
            "False" or "FALSE" or "no" or "No" or "off" => "False is written as false, without quotes.",
            "None" or "NULL" or "Null" or "nil" or "undefined" => "No value is written as null; better leave the entry out.",
            "NaN" or "Infinity" => "JSON has no NaN and no Infinity; write a number or leave the entry out.",
            _ => "A text must stand in double quotes.",
        };
    }

    private readonly string Mismatch() => IsInList
        ? $"The list that begins on line {LineOf(_open.Peek())} is closed by '}}'; write ']'."
        : $"The object that begins on line {LineOf(_open.Peek())} is closed by ']'; write '}}'.";

    private readonly string Unclosed()
    {
        if (_last == JsonTokenType.None)
            return "The text is empty.";
        return _open.TryPeek(out var start)
            ? $"The text ends here, but the {(IsInList ? "list" : "object")} that begins on line {LineOf(start)} is not closed; add '{(IsInList ? ']' : '}')}', or find what was cut off."
            : Fallback();
    }

    private readonly int LineOf(int place) => _text[..place].Count((byte)'\n') + 1;

    /// <summary>Moves over white space, and over comments where they are read; tells of one that does not end.</summary>
    private string? SkipBlanks()
    {
        while (!IsAtEnd)
        {
            var rest = _text[_place..];
            if (rest[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                _place++;
            }
            else if (AcceptsComments && rest.StartsWith("//"u8))
            {
                var length = rest.IndexOfAny((byte)'\n', (byte)'\r');
                _place = length < 0 ? _text.Length : _place + length;
            }
            else if (AcceptsComments && rest.StartsWith(CommentStart))
            {
                var length = rest[CommentStart.Length..].IndexOf(CommentEnd);
                if (length < 0)
                    return "The comment that begins here does not end; add */.";
                _place += CommentStart.Length + length + CommentEnd.Length;
            }
            else
            {
                return null;
            }
        }

        return null;
    }
}
