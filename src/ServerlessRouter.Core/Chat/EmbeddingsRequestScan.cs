using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>One scan of a request for embeddings. 1 the top-level members, 2 the fields the router acts on, 3 the inputs, 4 what the whole must have.</summary>
internal ref struct EmbeddingsRequestScan(ChatRequest request, JsonTokenReader reader)
{
    private const string WantedInput = "'input' must be a text, an array of texts, an array of token ids, or an array of such arrays.";

    private readonly ChatRequest _request = request;
    private JsonTokenReader _reader = reader;
    private Fields _seen;
    private int _inputs;
    private long _tokens;
    private VectorEncoding _encoding;
    private int? _dimensions;
    private string? _sessionId;
    private string? _promptCacheKey;
    private string? _user;

    /// <summary>The fields the router acts on.</summary>
    [Flags]
    private enum Fields
    {
        None = 0,
        Model = 1,
        Models = 1 << 1,
        Input = 1 << 2,
        EncodingFormat = 1 << 3,
        Dimensions = 1 << 4,
        Stream = 1 << 5,
        SessionId = 1 << 6,
        PromptCacheKey = 1 << 7,
        User = 1 << 8,
    }

    public RouterError? Run(string? modelInPath)
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
            return RouterError.InvalidRequest("The body must be a JSON object.");

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = new JsonRange(_reader.TokenStartIndex + 1, _reader.ValueSpan.Length);
            var field = FindField();
            if (field != Fields.None && (_seen & field) != 0)
                return RouterError.InvalidRequest($"'{NameOf(field)}' is sent twice; send it once.", NameOf(field));
            _seen |= field;

            _reader.Read();
            var (start, kind) = (_reader.TokenStartIndex, _reader.TokenType);
            if (ReadField(field) is { } error)
                return error;
            _request.MemberList.Add(new JsonMember(name, new JsonRange(start, _reader.BytesConsumed - start), kind));
        }

        // Reading on throws if anything but white space follows the object.
        _reader.Read();
        return Complete(modelInPath);
    }

    private readonly Fields FindField()
    {
        for (var field = Fields.Model; field <= Fields.User; field = (Fields)((int)field << 1))
        {
            if (_reader.ValueTextEquals(Utf8NameOf(field)))
                return field;
        }

        return Fields.None;
    }

    /// <summary>Reads the value the reader stands on and leaves it on the value's last token.</summary>
    private RouterError? ReadField(Fields field)
    {
        switch (field)
        {
            case Fields.Model:
                return ReadModel();
            case Fields.Models:
                return ReadModels();
            case Fields.Input:
                return ReadInput();
            case Fields.EncodingFormat:
                return ReadEncoding();
            case Fields.Dimensions:
                return ReadDimensions();
            case Fields.Stream:
                return ReadStream();
            case Fields.SessionId:
                _sessionId = ReadKey();
                break;
            case Fields.PromptCacheKey:
                _promptCacheKey = ReadKey();
                break;
            case Fields.User:
                _user = ReadKey();
                break;
        }

        _reader.Skip();
        return null;
    }

    private RouterError? ReadModel()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return null;
        if (_reader.TokenType != JsonTokenType.String)
            return Wrong("'model' must be a string: a model that makes embeddings, or its route.", "model");
        _request.Model = _reader.GetString()!;
        return null;
    }

    /// <summary>Vectors of different models cannot be compared, so there are no fallbacks; a list that says no more than <c>model</c> does is taken.</summary>
    private RouterError? ReadModels()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return null;
        if (_reader.TokenType != JsonTokenType.StartArray)
            return Wrong("'models' must be an array of names.", "models");
        var models = new HashSet<string>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.String)
                return Wrong("'models' must be an array of names.", "models");
            models.Add(_reader.GetString()!);
            if (models.Count > 1)
                return SeveralModels();
        }

        _request.Models = [.. models];
        return null;
    }

    private RouterError? ReadInput()
    {
        if (_reader.TokenType == JsonTokenType.String)
        {
            _inputs = 1;
            return AddText();
        }

        if (_reader.TokenType != JsonTokenType.StartArray)
            return Wrong(WantedInput, "input");
        _reader.Read();
        switch (_reader.TokenType)
        {
            case JsonTokenType.EndArray:
                return Wrong("'input' is empty: send at least one text.", "input");
            case JsonTokenType.Number:
                _inputs = 1;
                return ReadTokens();
            case JsonTokenType.String or JsonTokenType.StartArray:
                return ReadInputs(_reader.TokenType);
            default:
                return Wrong(WantedInput, "input");
        }
    }

    /// <summary>From the first input of an array to the array's end.</summary>
    private RouterError? ReadInputs(JsonTokenType kind)
    {
        do
        {
            if (_reader.TokenType != kind)
                return Wrong($"'input[{_inputs}]' is of another kind than the inputs before it: send texts or arrays of token ids, not both.", $"input[{_inputs}]");
            if (++_inputs > EmbeddingsRequestScanner.MaxInputs)
                return Wrong($"'input' has more than {EmbeddingsRequestScanner.MaxInputs} inputs, the most of one request. Send them in several.", "input");
            if ((kind == JsonTokenType.String ? AddText() : ReadInnerTokens()) is { } error)
                return error;
        }
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray);
        return null;
    }

    private readonly RouterError? AddText()
    {
        if (_reader.ValueSpan.IsEmpty)
            return Empty();
        _request.TextList.Add(new TextPiece(MessageRole.User, _inputs - 1, new JsonRange(_reader.TokenStartIndex + 1, _reader.ValueSpan.Length), _reader.ValueIsEscaped));
        return null;
    }

    private RouterError? ReadInnerTokens()
    {
        _reader.Read();
        return _reader.TokenType == JsonTokenType.EndArray ? Empty() : ReadTokens();
    }

    /// <summary>From the first token id of an array to the array's end.</summary>
    private RouterError? ReadTokens()
    {
        do
        {
            if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt32(out var token) || token < 0)
                return Wrong($"{WantedInput} Token ids are whole numbers of at least 0.", "input");
            _tokens++;
        }
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray);
        return null;
    }

    private RouterError? ReadEncoding()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return null;
        var isBase64 = _reader.TokenType == JsonTokenType.String && _reader.ValueTextEquals("base64"u8);
        if (!isBase64 && (_reader.TokenType != JsonTokenType.String || !_reader.ValueTextEquals("float"u8)))
            return Wrong("'encoding_format' must be float or base64.", "encoding_format");
        _encoding = isBase64 ? VectorEncoding.Base64 : VectorEncoding.Float;
        return null;
    }

    private RouterError? ReadDimensions()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return null;
        if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt32(out var dimensions) || dimensions < 1)
            return Wrong("'dimensions' must be a whole number of at least 1.", "dimensions");
        _dimensions = dimensions;
        return null;
    }

    private readonly RouterError? ReadStream() => _reader.TokenType switch
    {
        JsonTokenType.False or JsonTokenType.Null => null,
        JsonTokenType.True => Wrong("Embeddings are not streamed: leave 'stream' out.", "stream"),
        _ => Wrong("'stream' must be left out.", "stream"),
    };

    /// <summary>Keys for stickiness are hints: one of another type is passed on and not used.</summary>
    private readonly string? ReadKey() => _reader.TokenType == JsonTokenType.String && _reader.ValueSpan.Length > 0 ? _reader.GetString() : null;

    private readonly RouterError? Complete(string? modelInPath)
    {
        if ((_seen & Fields.Input) == 0)
            return Wrong("'input' is missing: send a text or an array of texts.", "input");
        if (_request.Models is [var only])
        {
            if (_request.Model.Length > 0 && _request.Model != only)
                return SeveralModels();
            (_request.Model, _request.Models) = (only, []);
        }

        _request.Model = modelInPath ?? _request.Model;
        if (_request.Model.Length == 0)
            return Wrong("'model' is missing: send a model that makes embeddings; GET /v1/models lists them.", "model");
        _request.SessionId = _sessionId ?? _promptCacheKey;
        _request.SessionKey = _request.SessionId ?? _user;
        _request.Needs = Capabilities.Embeddings;
        _request.Embeddings = new EmbeddingsAsk(_inputs, (int)Math.Min(int.MaxValue, _tokens), _encoding, _dimensions);
        return null;
    }

    /// <summary>No vendor makes a vector of nothing, and what some send in its place would be taken for a fault of theirs.</summary>
    private readonly RouterError Empty() => Wrong(_inputs == 1 ? "'input' holds an empty text." : $"'input[{_inputs - 1}]' is empty.", _inputs == 1 ? "input" : $"input[{_inputs - 1}]");

    private static RouterError SeveralModels() => Wrong("'models' names more than one model, and vectors of different models cannot be compared. Send one model.", "models");

    private static RouterError Wrong(string message, string param) => RouterError.InvalidRequest(message, param);

    private static string NameOf(Fields field) => System.Text.Encoding.UTF8.GetString(Utf8NameOf(field));

    private static ReadOnlySpan<byte> Utf8NameOf(Fields field) => field switch
    {
        Fields.Model => "model"u8,
        Fields.Models => "models"u8,
        Fields.Input => "input"u8,
        Fields.EncodingFormat => "encoding_format"u8,
        Fields.Dimensions => "dimensions"u8,
        Fields.Stream => "stream"u8,
        Fields.SessionId => "session_id"u8,
        Fields.PromptCacheKey => "prompt_cache_key"u8,
        Fields.User => "user"u8,
        _ => default,
    };
}
