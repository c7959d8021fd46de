using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Providers.Failures;

/// <summary>Reads errors in the shapes vendors, gateways and frameworks write them.</summary>
/// <remarks>
/// <c>{"error":{…}}</c> (OpenAI, Azure, Anthropic), <c>[{"error":{…}}]</c> (Gemini), <c>{"error":"…"}</c> (Ollama, xAI), <c>{"error":{"error":{…}}}</c>,
/// <c>{"errors":[…]}</c> (Cloudflare), <c>{"message":…,"type":…}</c> (vLLM, Mistral, Bedrock), <c>{"code":…,"msg":…}</c>, <c>{"detail":…}</c> (FastAPI: a text, or a list
/// with <c>loc</c> and <c>msg</c>), problem documents, <c>{"base_resp":{…}}</c> (MiniMax), <c>{"fault":{…}}</c> (Apigee), JSON in a text at any depth (OpenRouter's
/// <c>metadata.raw</c>), an event stream that holds one of these, and plain text. Of a page nothing is read.
/// </remarks>
internal sealed class VendorErrorReader
{
    /// <summary>What OpenRouter writes in place of a reason.</summary>
    public const string PassedOn = "Provider returned error";

    private const int MaxDepth = 16;
    private const int MaxElements = 16;
    private const int MaxTexts = 64;
    private const int MaxPlainText = 1024;

    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 128 };

    private readonly HashSet<string> _signs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _bareCodes = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private Ranked _message;
    private Ranked _type;
    private Ranked _code;
    private Ranked _param;
    private int? _status;
    private int? _passedOnStatus;
    private bool _isInRaw;
    private TimeSpan? _retryAfter;
    private DateTimeOffset? _resetAt;
    private string? _innerJson;
    private string? _metadataJson;
    private bool _isOpenAI;

    private VendorErrorReader()
    {
    }

    /// <summary>Reads a body.</summary>
    public static VendorError Read(ReadOnlyMemory<byte> body)
    {
        var reader = new VendorErrorReader();
        reader.ReadBody(body);
        return reader._texts.Count == 0 && reader._signs.Count == 0 ? VendorError.Unknown : reader.Result();
    }

    private VendorError Result() => new()
    {
        Message = _message.Text,
        Type = _type.Text,
        Code = _code.Text,
        Param = _param.Text,
        Signs = _signs,
        BareCodes = _bareCodes,
        Texts = [.. _texts],
        Status = _status,
        PassedOnStatus = _passedOnStatus,
        RetryAfter = _retryAfter,
        ResetAt = _resetAt,
        InnerJson = _innerJson,
        MetadataJson = _metadataJson,
        IsOpenAI = _isOpenAI,
    };

    private void ReadBody(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            _isOpenAI = IsOpenAI(document.RootElement);
            Walk(document.RootElement, 0, 0);
        }
        catch (JsonException)
        {
            // Bytes that are no UTF-8 become readable here.
            ReadText(Encoding.UTF8.GetString(body.Span).Trim('\uFEFF', ' ', '\r', '\n', '\t', '\0'));
        }
    }

    private void ReadText(string text)
    {
        if (text.Length == 0 || text[0] == '<')
            return;
        if (EventData(text) is { } data)
            text = data;
        if (TryWalkJson(text, 0, 0))
            return;
        // JSON that is cut short is heard all the same, and not shown.
        if (text[0] is '{' or '[')
            Hear(text);
        else
            Say(text.Length > MaxPlainText ? text[..MaxPlainText] : text, 0, 0, 0);
    }

    /// <summary>The data of the first event, where a server answers the question for a stream with an error in one.</summary>
    private static string? EventData(string text)
    {
        if (!text.StartsWith("data:", StringComparison.Ordinal) && !text.StartsWith("event:", StringComparison.Ordinal) && !text.StartsWith(':'))
            return null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("data:", StringComparison.Ordinal) && line[5..].Trim() is { IsEmpty: false } data)
                return data.ToString();
        }

        return null;
    }

    private bool TryWalkJson(string text, int level, int depth)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            if (document.RootElement.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String))
                return false;
            Walk(document.RootElement, level, depth + 1);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Walk(JsonElement element, int level, int depth)
    {
        if (depth > MaxDepth)
            return;
        switch (element.ValueKind)
        {
            case JsonValueKind.String when TextOf(element) is { } text:
                Say(text, level, 0, depth);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray().Take(MaxElements))
                    Walk(item, level, depth + 1);
                break;
            case JsonValueKind.Object:
                WalkObject(element, level, depth);
                break;
        }
    }

    private void WalkObject(JsonElement element, int level, int depth)
    {
        string? code = null, type = null;
        var isTextCode = false;
        foreach (var member in element.EnumerateObject())
        {
            var value = member.Value;
            var name = VendorWording.SignOf(NameOf(member));
            switch (name)
            {
                case "message" or "msg" or "errormessage" or "errormsg" or "statusmsg" or "faultstring":
                    SayOrWalk(value, level, 5, depth, element);
                    break;
                case "detail" or "details" or "errordescription":
                    SayOrWalk(value, level, 3, depth, element);
                    break;
                case "title" or "description":
                    SayOrWalk(value, level, 1, depth, element);
                    break;
                case "error" or "errors" or "fault" or "cause" or "originalerror" or "upstreamerror" or "exception" or "response" or "body":
                    if (value.ValueKind == JsonValueKind.String)
                        Say(TextOf(value), level, 4, depth);
                    else
                        Walk(value, level + 1, depth + 1);
                    break;
                case "raw":
                    _isInRaw = true;
                    Walk(value, level + 1, depth + 1);
                    _isInRaw = false;
                    break;
                case "innererror":
                    _innerJson ??= value.ValueKind == JsonValueKind.Object ? value.GetRawText() : null;
                    Walk(value, level - 1, depth + 1);
                    break;
                case "metadata":
                    _metadataJson ??= value.ValueKind == JsonValueKind.Object && depth == 1 ? value.GetRawText() : null;
                    Walk(value, level - 1, depth + 1);
                    break;
                case "headers":
                    Walk(value, level - 1, depth + 1);
                    break;
                case "baseresp":
                    ReadBaseResponse(value, level, depth);
                    break;
                case "code" or "errorcode" or "errcode":
                    isTextCode |= value.ValueKind == JsonValueKind.String;
                    code ??= Sign(value);
                    _code.Offer(code, level, 2);
                    break;
                case "type" or "errortype" or "_type" or "type_":
                    type ??= Sign(value);
                    _type.Offer(type, level, 2);
                    break;
                case "status" or "statuscode" or "httpcode" or "httpstatus" or "reason":
                    _code.Offer(Sign(value) is { } said && name == "reason" ? said : null, level, 1);
                    break;
                case "param":
                    _param.Offer(TextOf(value), level, 2);
                    // Xiaomi writes its reason here.
                    if (TextOf(value) is { } param && param.Contains(' ', StringComparison.Ordinal))
                        Hear(param);
                    break;
                default:
                    ReadWait(name, value);
                    break;
            }
        }

        // Zhipu writes its numbers as texts; other vendors' own numbers mean other things.
        if (code is not null && type is null && isTextCode)
            _bareCodes.Add(VendorWording.SignOf(code));
    }

    private void SayOrWalk(JsonElement value, int level, int rank, int depth, JsonElement owner)
    {
        if (value.ValueKind == JsonValueKind.String)
            Say(WithPlace(TextOf(value), owner), level, rank, depth);
        else
            Walk(value, level, depth + 1);
    }

    /// <summary>FastAPI tells in <c>loc</c> which field it means.</summary>
    private static string? WithPlace(string? text, JsonElement owner) =>
        owner.TryGetProperty("loc", out var place) && place.ValueKind == JsonValueKind.Array
            ? $"{string.Join('.', place.EnumerateArray().Take(MaxElements).Select(static step => step.ToString()))}: {text}"
            : text;

    /// <summary>MiniMax answers 200 and says here whether it means it: 0 does.</summary>
    private void ReadBaseResponse(JsonElement value, int level, int depth)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("status_code", out var code) || code.ToString() is "0" or "")
            return;
        _signs.Add(VendorWording.SignOf($"base_resp_{code}"));
        _code.Offer(code.ToString(), level, 2);
        if (value.TryGetProperty("status_msg", out var message))
            Say(TextOf(message), level, 5, depth);
    }

    private void ReadWait(string name, JsonElement value)
    {
        switch (name)
        {
            case "retrydelay" when value.ValueKind == JsonValueKind.Object:
                if (value.TryGetProperty("seconds", out var seconds) && VendorDuration.TryParse(seconds.ToString(), out var whole))
                    _retryAfter ??= whole;
                break;
            case "retrydelay" or "retryafter" or "retryafterseconds" or "retryin" or "waitseconds" or "resetsinseconds" or "estimatedtime":
                if (VendorDuration.TryParse(value.ToString(), out var wait))
                    _retryAfter ??= wait;
                break;
            case "retryafterms":
                if (VendorDuration.TryParse($"{value}ms", out var exact))
                    _retryAfter ??= exact;
                break;
            case "xratelimitreset" or "resetsat" or "resetat" or "resettime":
                _resetAt ??= RateLimitHeaders.TimeOf(value.ToString());
                break;
        }
    }

    private string? Sign(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number) || TextOf(value) is not { Length: > 0 } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and < 600)
        {
            _status ??= status;
            _passedOnStatus ??= _isInRaw ? status : null;
        }

        if (_signs.Count < MaxTexts)
            _signs.Add(VendorWording.SignOf(WithoutNamespace(text)));
        return text;
    }

    /// <summary>Amazon writes <c>com.amazon.coral.service#ThrottlingException</c>.</summary>
    private static ReadOnlySpan<char> WithoutNamespace(string text) => text.AsSpan(text.LastIndexOf('#') + 1);

    private void Say(string? text, int level, int rank, int depth)
    {
        if (string.IsNullOrWhiteSpace(text))
            return;
        // The whole text is an error of someone further up. What stands inside a sentence may be the caller's own, so nothing is taken from it but its words.
        if (text.AsSpan().TrimStart() is ['{' or '[', ..] && depth <= MaxDepth && TryWalkJson(text, level + 1, depth))
            return;
        Hear(text);
        _message.Offer(text, level, rank);
    }

    private void Hear(string text)
    {
        if (_texts.Count < MaxTexts)
            _texts.Add(VendorText.Plain(text));
    }

    private static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>Null for broken escapes, and for what is no text or number.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText().Trim('"');
        }
    }

    private static bool IsOpenAI(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
        && root.EnumerateObject().Count() == 1
        && error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String && !message.GetRawText().AsSpan().ContainsAny('{', '%', '\\')
        && (!error.TryGetProperty("code", out var code) || code.ValueKind is JsonValueKind.String or JsonValueKind.Null)
        && !error.TryGetProperty("metadata", out _);

    /// <summary>What is shown of what was found: of the innermost error, and there the member that says most.</summary>
    private struct Ranked
    {
        private int _level;
        private int _rank;

        public string? Text { get; private set; }

        public void Offer(string? text, int level, int rank)
        {
            if (text is null || (Text is not null && (level < _level || (level == _level && rank <= _rank))))
                return;
            (Text, _level, _rank) = (text, level, rank);
        }
    }
}
