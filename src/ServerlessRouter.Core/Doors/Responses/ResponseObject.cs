using System.Buffers.Text;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Writes the response as one JSON object, as often as a stream tells it.</summary>
internal sealed class ResponseObject : IDisposable
{
    private readonly DoorTerms _terms;
    private readonly PooledWriter _echo = new(1024);
    private readonly PooledWriter _usage = new(512);
    private readonly PooledWriter _metadata = new(256);
    private ReadOnlyMemory<byte> _serviceTier;

    public ResponseObject(DoorTerms terms)
    {
        _terms = terms;
        _serviceTier = ResponseEcho.Write(terms.Body, _echo);
    }

    /// <summary>What ids of the response and its items have in common.</summary>
    public string Core => field ??= ResponsesIds.CoreOf(_terms.RequestId, _terms.Now);

    /// <summary>The <c>error</c> of a response that failed.</summary>
    public byte[] Error { get; set; } = [];

    /// <summary>Takes over what a chunk tells besides its choices.</summary>
    public void Take(scoped in ChatChunk chunk)
    {
        if (!chunk.Usage.IsEmpty && chunk.Json[chunk.Usage.Start] == '{')
            Keep(_usage, chunk.Usage.In(chunk.Json));
        if (!chunk.RouterMetadata.IsEmpty)
            Keep(_metadata, chunk.RouterMetadata.In(chunk.Json));
        if (!chunk.ServiceTier.IsEmpty && chunk.Json[chunk.ServiceTier.Start] == '"' && !chunk.ServiceTier.In(chunk.Json).SequenceEqual(_serviceTier.Span))
            _serviceTier = chunk.ServiceTier.In(chunk.Json).ToArray();
    }

    public void Write(PooledWriter output, ResponseState state, IReadOnlyList<OutputItem> items)
    {
        output.Append("{\"id\":\"resp_"u8);
        Text(output, Core);
        output.Append("\",\"object\":\"response\",\"created_at\":"u8);
        Utf8Formatter.TryFormat(Math.Max(0, _terms.Now.ToUnixTimeSeconds()), output.GetSpan(20), out var digits);
        output.Advance(digits);
        output.Append(StatusOf(state));
        output.Append(",\"error\":"u8);
        output.Append(state == ResponseState.Failed ? Error : "null"u8);
        output.Append(DetailsOf(state));
        output.Append(",\"model\":\""u8);
        output.Append(JsonEncodedText.Encode(_terms.Model).EncodedUtf8Bytes);
        output.Append("\",\"output\":["u8);
        for (var place = 0; place < items.Count; place++)
        {
            if (place > 0)
                output.Append(","u8);
            items[place].Write(output, isEmpty: false);
        }

        output.Append("],\"usage\":"u8);
        WriteUsage(output, state);
        output.Append(",\"service_tier\":"u8);
        output.Append(_serviceTier.Span);
        output.Append(",\"previous_response_id\":"u8);
        if (_terms.PreviousResponseId is { } previous)
            OutputItem.AppendQuoted(output, JsonEncodedText.Encode(previous).EncodedUtf8Bytes);
        else
            output.Append("null"u8);
        output.Append(_echo.Written.Span);
        if (_metadata.Length > 0)
        {
            output.Append(",\"router_metadata\":"u8);
            output.Append(_metadata.Written.Span);
        }

        output.Append("}"u8);
    }

    public void Dispose()
    {
        _echo.Dispose();
        _usage.Dispose();
        _metadata.Dispose();
    }

    private void WriteUsage(PooledWriter output, ResponseState state)
    {
        if (_usage.Length == 0 && state is ResponseState.InProgress or ResponseState.Queued or ResponseState.Failed or ResponseState.Cancelled)
            output.Append("null"u8);
        else
            ResponseUsage.Write(_usage.Written.Span, _terms.PromptTokens, output);
    }

    private static ReadOnlySpan<byte> StatusOf(ResponseState state) => state switch
    {
        ResponseState.InProgress => ",\"status\":\"in_progress\""u8,
        ResponseState.Queued => ",\"status\":\"queued\""u8,
        ResponseState.Cancelled => ",\"status\":\"cancelled\""u8,
        ResponseState.Completed => ",\"status\":\"completed\""u8,
        ResponseState.Failed => ",\"status\":\"failed\""u8,
        _ => ",\"status\":\"incomplete\""u8,
    };

    private static ReadOnlySpan<byte> DetailsOf(ResponseState state) => state switch
    {
        ResponseState.OutOfTokens => ",\"incomplete_details\":{\"reason\":\"max_output_tokens\"}"u8,
        ResponseState.Filtered => ",\"incomplete_details\":{\"reason\":\"content_filter\"}"u8,
        _ => ",\"incomplete_details\":null"u8,
    };

    private static void Keep(PooledWriter kept, ReadOnlySpan<byte> value)
    {
        kept.Clear();
        kept.Append(value);
    }

    private static void Text(PooledWriter output, string ascii)
    {
        System.Text.Encoding.ASCII.GetBytes(ascii, output.GetSpan(ascii.Length));
        output.Advance(ascii.Length);
    }
}

/// <summary>How a response stands.</summary>
internal enum ResponseState
{
    InProgress,

    /// <summary>Its turn has not come.</summary>
    Queued,
    Completed,

    /// <summary>It was cut at the most tokens it may have.</summary>
    OutOfTokens,

    /// <summary>A filter cut it.</summary>
    Filtered,
    Failed,

    /// <summary>The caller took it back.</summary>
    Cancelled,
}
