using System.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Testing.Wire;

/// <summary>A provider's stream that a test lists batch by batch.</summary>
public sealed class ListedStream(params string[] batches) : ChatStream
{
    private int _next;

    public bool IsDisposed { get; private set; }

    /// <summary>How the stream breaks off after its batches; null ends it properly.</summary>
    public AttemptFailure? BreaksWith { get; init; }

    public TokenUsage? SentUsage { get; init; }

    public string SentUsageChunk { get; init; } = "";

    public override ReadOnlyMemory<byte> Batch => Encoding.UTF8.GetBytes(batches[_next - 1]);

    public override bool HasContent => _next > 0;

    public override TokenUsage? Usage => SentUsage;

    public override long ContentBytes => batches.Take(_next).Sum(static batch => batch.Length);

    public override string? FinishReason => IsAtEnd && BreaksWith is null ? "stop" : null;

    public override AttemptFailure? Failure => IsAtEnd ? BreaksWith : null;

    public override ReadOnlyMemory<byte> UsageChunk => Encoding.UTF8.GetBytes(SentUsageChunk);

    private bool IsAtEnd => _next >= batches.Length;

    public override ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IsAtEnd)
            return new(false);
        _next++;
        return new(true);
    }

    public override ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return default;
    }
}
