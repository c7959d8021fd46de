namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>One event that never ends.</summary>
internal sealed class EndlessStream : MemoryStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer.Span.Fill((byte)'x');
        return new(buffer.Length);
    }
}
