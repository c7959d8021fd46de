using System.Buffers;

namespace ServerlessRouter.Doors.Responses;

/// <summary>One stream of chat chunks as the events of a response.</summary>
internal sealed class ResponsesStream(DoorTerms terms) : DoorStream
{
    private readonly ResponseWriter _response = new(terms);

    public override void Take(ReadOnlyMemory<byte> batch, IBufferWriter<byte> output)
    {
        var rest = batch.Span;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.StartsWith("data:"u8))
                _response.Take(line["data:"u8.Length..]);
        }

        _response.MoveTo(output);
    }

    public override void End(IBufferWriter<byte> output)
    {
        _response.End();
        _response.MoveTo(output);
    }

    public override void Dispose()
    {
        _response.Dispose();
        base.Dispose();
    }
}
