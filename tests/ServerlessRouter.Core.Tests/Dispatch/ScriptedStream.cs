using System.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>An upstream stream that does what its script says and then ends properly.</summary>
internal sealed class ScriptedStream(ManualTimeProvider time, params StreamMove[] moves) : ChatStream
{
    public const string OpeningText = "<open>";
    private readonly byte[] _buffer = new byte[1024];
    private int _next;
    private int _length;
    private bool _hasContent;
    private bool _isFinished;
    private TokenUsage? _usage;
    private long _contentBytes;
    private AttemptFailure? _failure;

    public bool IsDisposed { get; private set; }

    // The buffer is used again for every batch, as real streams do: a reader that keeps a batch past the next read sees it change.
    public override ReadOnlyMemory<byte> Batch => _buffer.AsMemory(0, _length);

    public override bool HasContent => _hasContent;

    public override TokenUsage? Usage => _usage;

    public override long ContentBytes => _contentBytes;

    public override string? FinishReason => _isFinished ? "stop" : null;

    public override AttemptFailure? Failure => _failure;

    public override ReadOnlyMemory<byte> UsageChunk => default;

    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _length = 0;
        while (_next < moves.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (moves[_next++])
            {
                case StreamMove.Opening:
                    _length = Encoding.UTF8.GetBytes(OpeningText, _buffer);
                    return true;
                case StreamMove.Content content:
                    _hasContent = true;
                    _length = Encoding.UTF8.GetBytes(content.Text, _buffer);
                    _contentBytes += _length;
                    return true;
                case StreamMove.Ping:
                    return true;
                case StreamMove.Finish:
                    _isFinished = true;
                    _length = Encoding.UTF8.GetBytes(OpeningText, _buffer);
                    return true;
                case StreamMove.Reports reports:
                    _usage = reports.Usage;
                    break;
                case StreamMove.Hangs:
                    await time.DelayAsync(Timeout.InfiniteTimeSpan, cancellationToken);
                    break;
                case StreamMove.Pauses pause:
                    await time.DelayAsync(pause.Length, cancellationToken);
                    break;
                case StreamMove.Breaks broken:
                    _failure = new AttemptFailure(broken.Kind, "the script broke it");
                    return false;
            }
        }

        _isFinished = true;
        return false;
    }

    public override ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
