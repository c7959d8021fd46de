using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>Reads the array of messages: who speaks, where the text stands, what else is in them.</summary>
internal readonly ref struct MessageScan(ChatRequest request)
{
    private readonly ChatRequest _request = request;

    public RouterError? Run(ref JsonTokenReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return RouterError.InvalidRequest("'messages' must be an array of messages.", "messages");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return Wrong("must be an object", "");
            if (ReadMessage(ref reader) is { } error)
                return error;
            _request.MessageCount++;
        }

        return _request.MessageCount == 0 ? RouterError.InvalidRequest("'messages' is empty: send at least one message.", "messages") : null;
    }

    private RouterError? ReadMessage(ref JsonTokenReader reader)
    {
        MessageRole? role = null;
        var firstText = _request.TextList.Count;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                if (ReadContent(ref reader) is { } error)
                    return error;
            }
            else if (reader.ValueTextEquals("role"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.String)
                    return Wrong("must be a string", ".role");
                role = RoleOf(ref reader);
            }
            else
            {
                var isCall = reader.ValueTextEquals("tool_calls"u8) || reader.ValueTextEquals("function_call"u8);
                reader.Read();
                var start = reader.TokenStartIndex;
                reader.Skip();
                if (isCall)
                    _request.SchemaBytes += reader.BytesConsumed - start;
            }
        }

        if (role is not { } known)
            return Wrong("is missing", ".role");
        if (known == MessageRole.User)
            _request.Turns++;
        foreach (ref var piece in CollectionsMarshal.AsSpan(_request.TextList)[firstText..])
            piece = piece with { Role = known };
        return null;
    }

    private RouterError? ReadContent(ref JsonTokenReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                AddText(ref reader);
                return null;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (reader.TokenType == JsonTokenType.String)
                        AddText(ref reader);
                    else if (reader.TokenType == JsonTokenType.StartObject)
                        ReadPart(ref reader);
                    else
                        return Wrong("must have objects as its parts", ".content");
                }

                return null;
            default:
                return Wrong("must be a string, an array of parts, or null", ".content");
        }
    }

    private void ReadPart(ref JsonTokenReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                    AddText(ref reader);
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                    ReadPartType(ref reader);
            }
            else
            {
                ReadMedium(ref reader);
            }

            reader.Skip();
        }
    }

    /// <summary>Stands behind the member, at its value.</summary>
    private void ReadMedium(ref JsonTokenReader reader)
    {
        var isSound = reader.ValueTextEquals("input_audio"u8);
        var isFile = !isSound && reader.ValueTextEquals("file"u8);
        reader.Read();
        if (!isSound && !isFile)
            return;
        var start = reader.TokenStartIndex;
        reader.Skip();
        if (isSound)
            _request.SoundBytes += reader.BytesConsumed - start;
        else
            _request.FileBytes += reader.BytesConsumed - start;
    }

    private void ReadPartType(ref JsonTokenReader reader)
    {
        if (reader.ValueTextEquals("text"u8))
            return;
        if (reader.ValueTextEquals("image_url"u8) || reader.ValueTextEquals("input_image"u8))
        {
            _request.ImageCount++;
            _request.Needs |= Capabilities.Vision;
        }
        else if (reader.ValueTextEquals("input_audio"u8))
        {
            _request.Needs |= Capabilities.Audio;
        }
        else if (reader.ValueTextEquals("file"u8) || reader.ValueTextEquals("input_file"u8))
        {
            _request.Needs |= Capabilities.Files;
        }
    }

    private void AddText(ref JsonTokenReader reader)
    {
        if (reader.ValueSpan.Length > 0)
            _request.TextList.Add(new TextPiece(MessageRole.Other, _request.MessageCount, new JsonRange(reader.TokenStartIndex + 1, reader.ValueSpan.Length), reader.ValueIsEscaped));
    }

    private static MessageRole RoleOf(ref JsonTokenReader reader)
    {
        if (reader.ValueTextEquals("user"u8))
            return MessageRole.User;
        if (reader.ValueTextEquals("assistant"u8))
            return MessageRole.Assistant;
        if (reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("developer"u8))
            return MessageRole.System;
        return reader.ValueTextEquals("tool"u8) || reader.ValueTextEquals("function"u8) ? MessageRole.Tool : MessageRole.Other;
    }

    private RouterError Wrong(string problem, string place)
    {
        var path = $"messages[{_request.MessageCount}]{place}";
        return RouterError.InvalidRequest($"'{path}' {problem}.", path);
    }
}
