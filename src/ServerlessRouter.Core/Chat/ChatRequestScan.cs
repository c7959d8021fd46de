using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>
/// One scan. 1 the top-level members, 2 the fields routing acts on, 3 what the whole must have; the messages are read by <see cref="MessageScan"/>. A field that routing
/// does not act on is recorded and otherwise left alone.
/// </summary>
internal ref struct ChatRequestScan(ChatRequest request, JsonTokenReader reader)
{
    /// <summary>More names in <c>models</c> than this are a mistake, not a fallback list.</summary>
    private const int MaxModels = 64;

    private readonly ChatRequest _request = request;
    private JsonTokenReader _reader = reader;
    private RequestFields _seen;
    private string? _sessionId;
    private string? _promptCacheKey;
    private string? _user;

    public RouterError? Run(string? modelInPath)
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
            return RouterError.InvalidRequest("The body must be a JSON object.");

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = new JsonRange(_reader.TokenStartIndex + 1, _reader.ValueSpan.Length);
            var field = RequestFieldNames.Find(ref _reader);
            if (field != RequestFields.None && (_seen & field) != 0)
                return RouterError.InvalidRequest($"'{RequestFieldNames.Of(field)}' is sent twice; send it once.", RequestFieldNames.Of(field));
            _seen |= field;

            _reader.Read();
            var start = _reader.TokenStartIndex;
            var kind = _reader.TokenType;
            if (ReadField(field) is { } error)
                return error;
            _request.MemberList.Add(new JsonMember(name, new JsonRange(start, _reader.BytesConsumed - start), kind));
        }

        // Reading on throws if anything but white space follows the object.
        _reader.Read();
        _request.SessionId = _sessionId ?? _promptCacheKey;
        _request.SessionKey = _request.SessionId ?? _user;
        _request.Model = modelInPath ?? _request.Model;
        return CheckWhole();
    }

    /// <summary>Reads the value the reader stands on and leaves it on the value's last token.</summary>
    private RouterError? ReadField(RequestFields field)
    {
        switch (field)
        {
            case RequestFields.Model:
                return ReadModel();
            case RequestFields.Models:
                return ReadModels();
            case RequestFields.Messages:
                return new MessageScan(_request).Run(ref _reader);
            case RequestFields.Stream:
                return ReadStream();
            case RequestFields.StreamOptions:
                return ReadStreamOptions();
            case RequestFields.MaxTokens or RequestFields.MaxCompletionTokens:
                return ReadMaxTokens(RequestFieldNames.Of(field));
            case RequestFields.Tools or RequestFields.Functions:
                return ReadTools(RequestFieldNames.Of(field));
            case RequestFields.ResponseFormat:
                return ReadResponseFormat();
            case RequestFields.Logprobs:
                Need(_reader.TokenType == JsonTokenType.True, Capabilities.Logprobs);
                break;
            case RequestFields.ReasoningEffort:
                Need(_reader.TokenType == JsonTokenType.String && !_reader.ValueTextEquals("none"u8), Capabilities.Reasoning);
                break;
            case RequestFields.Modalities:
                ReadModalities();
                return null;
            case RequestFields.SessionId:
                _sessionId = ReadKey();
                break;
            case RequestFields.PromptCacheKey:
                _promptCacheKey = ReadKey();
                break;
            case RequestFields.User:
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
            return WrongType("model", "a string: a route or a model");
        _request.Model = _reader.GetString()!;
        return null;
    }

    private RouterError? ReadModels()
    {
        const string Wanted = "an array of route or model names";
        if (_reader.TokenType == JsonTokenType.Null)
            return null;
        if (_reader.TokenType != JsonTokenType.StartArray)
            return WrongType("models", Wanted);
        var models = new List<string>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.String)
                return WrongType("models", Wanted);
            if (models.Count == MaxModels)
                return RouterError.InvalidRequest($"'models' has more than {MaxModels} names.", "models");
            models.Add(_reader.GetString()!);
        }

        _request.Models = models;
        return null;
    }

    private RouterError? ReadStream()
    {
        if (_reader.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
            return WrongType("stream", "true or false");
        _request.IsStream = _reader.TokenType == JsonTokenType.True;
        return null;
    }

    private RouterError? ReadStreamOptions()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return null;
        if (_reader.TokenType != JsonTokenType.StartObject)
            return WrongType("stream_options", "an object");
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = _reader.ValueTextEquals("include_usage"u8);
            _reader.Read();
            if (isUsage)
                _request.IncludesUsage = _reader.TokenType == JsonTokenType.True;
            _reader.Skip();
        }

        return null;
    }

    private RouterError? ReadMaxTokens(string name)
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return null;
        if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt32(out var tokens) || tokens < 1)
            return WrongType(name, "a whole number of at least 1");
        _request.MaxOutputTokens = Math.Min(tokens, _request.MaxOutputTokens ?? int.MaxValue);
        return null;
    }

    private RouterError? ReadTools(string name)
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return null;
        if (_reader.TokenType != JsonTokenType.StartArray)
            return WrongType(name, "an array");
        var start = _reader.TokenStartIndex;
        var tools = 0;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            tools++;
            _reader.Skip();
        }

        _request.SchemaBytes += _reader.BytesConsumed - start;
        Need(tools > 0, Capabilities.Tools);
        return null;
    }

    private RouterError? ReadResponseFormat()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return null;
        if (_reader.TokenType != JsonTokenType.StartObject)
            return WrongType("response_format", "an object with a 'type'");
        var start = _reader.TokenStartIndex;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = _reader.ValueTextEquals("type"u8);
            _reader.Read();
            if (isType && _reader.TokenType == JsonTokenType.String)
            {
                Need(_reader.ValueTextEquals("json_schema"u8), Capabilities.JsonSchema);
                Need(_reader.ValueTextEquals("json_object"u8), Capabilities.JsonObject);
            }

            _reader.Skip();
        }

        if ((_request.Needs & Capabilities.JsonSchema) != 0)
            _request.SchemaBytes += _reader.BytesConsumed - start;
        return null;
    }

    private void ReadModalities()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            _reader.Skip();
            return;
        }

        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            Need(_reader.TokenType == JsonTokenType.String && _reader.ValueTextEquals("audio"u8), Capabilities.Audio);
            _reader.Skip();
        }
    }

    /// <summary>Keys for stickiness are hints: one of another type is passed on and not used.</summary>
    private string? ReadKey() => _reader.TokenType == JsonTokenType.String && _reader.ValueSpan.Length > 0 ? _reader.GetString() : null;

    private RouterError? CheckWhole()
    {
        if ((_seen & RequestFields.Messages) == 0)
            return RouterError.InvalidRequest("'messages' is missing: send an array with at least one message.", "messages");
        if (_request.Model.Length == 0 && _request.Models.Count == 0)
            return RouterError.InvalidRequest("'model' is missing: send a route or a model; GET /v1/models lists them.", "model");
        Need(_request.IsStream, Capabilities.Streaming);
        return null;
    }

    private void Need(bool isNeeded, Capabilities capability)
    {
        if (isNeeded)
            _request.Needs |= capability;
    }

    private static RouterError WrongType(string name, string wanted) => RouterError.InvalidRequest($"'{name}' must be {wanted}.", name);
}
