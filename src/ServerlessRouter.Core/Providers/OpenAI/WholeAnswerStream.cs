using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>A whole answer for a caller who asked for a stream: all of it in one chunk, its usage told apart as in any stream.</summary>
/// <remarks>It owns the answer.</remarks>
internal sealed class WholeAnswerStream : ChatStream
{
    private const int RoomForEvent = 256;

    private readonly ChatAnswer _answer;
    private readonly PooledWriter _batch;
    private bool _isRead;

    public WholeAnswerStream(ChatAnswer answer)
    {
        _answer = answer;
        _batch = new PooledWriter(answer.Body.Length + RoomForEvent);
        _batch.Append("data: "u8);
        new OpenAIMender(_batch, PayloadForm.Chunk).Write(answer.Body);
        _batch.Append("\n\n"u8);
    }

    public override ReadOnlyMemory<byte> Batch => _isRead ? _batch.Written : default;

    public override bool HasContent => _isRead && _answer.ContentBytes > 0;

    public override TokenUsage? Usage => _answer.Usage;

    public override long ContentBytes => _answer.ContentBytes;

    public override string? FinishReason => _isRead ? _answer.FinishReason : null;

    public override bool HasFinished => _isRead;

    public override AttemptFailure? Failure => null;

    public override ReadOnlyMemory<byte> UsageChunk => _answer.UsageRange.IsEmpty ? default : _answer.Body;

    public override ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isRead)
            return new(false);
        _isRead = true;
        return new(true);
    }

    public override ValueTask DisposeAsync()
    {
        _batch.Dispose();
        _answer.Dispose();
        return default;
    }
}
