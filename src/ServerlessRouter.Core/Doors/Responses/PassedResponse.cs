using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Notes of a vendor's own stream which response it tells and how far it has counted, so that a break is told as the failure of that response.</summary>
internal sealed class PassedResponse : PassedStream
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ChatRequestScanner.MaxDepth };

    private byte[]? _response;
    private long _sequence = -1;

    public override void Take(ReadOnlySpan<byte> batch)
    {
        if (_response is null && batch.IndexOf("response.created"u8) >= 0)
            _response = FirstResponse(batch);
        // Within a text the quotes are escaped, so this is a member.
        var name = "\"sequence_number\":"u8;
        if (batch.LastIndexOf(name) is >= 0 and var place && Utf8Parser.TryParse(batch[(place + name.Length)..].TrimStart((byte)' '), out long number, out _))
            _sequence = number;
    }

    public override void WriteError(RouterError error, string requestId, IBufferWriter<byte> output)
    {
        if (_response is null)
        {
            ResponsesDoor.Instance.WriteErrorEvents(error, requestId, output);
            return;
        }

        output.Write("event: response.failed\ndata: "u8);
        using (var writer = new Utf8JsonWriter(output, ResponsesDoor.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "response.failed"u8);
            writer.WriteNumber("sequence_number"u8, _sequence + 1);
            WriteFailed(writer, ResponseFailure.Of(ResponsesWords.Of(error)));
            writer.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }

    private void WriteFailed(Utf8JsonWriter writer, byte[] error)
    {
        using var response = JsonDocument.Parse(_response, Options);
        writer.WriteStartObject("response"u8);
        foreach (var member in response.RootElement.EnumerateObject())
        {
            if (!member.NameEquals("status"u8) && !member.NameEquals("error"u8))
                ResponsesRequestReader.Copy(writer, member);
        }

        writer.WriteString("status"u8, "failed"u8);
        writer.WritePropertyName("error"u8);
        writer.WriteRawValue(error, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonMemberReader.Find(json, "response"u8).In(json);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>The response in the first event that has one; the events were read before, so they are JSON.</summary>
    private static byte[]? FirstResponse(ReadOnlySpan<byte> batch)
    {
        foreach (var range in batch.Split((byte)'\n'))
        {
            var line = batch[range];
            if (!line.StartsWith("data:"u8))
                continue;
            var json = line["data:"u8.Length..].Trim(" \r"u8);
            if (json is [(byte)'{', ..] && Find(json) is [(byte)'{', ..] response)
                return response.ToArray();
        }

        return null;
    }
}
