using System.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.Simulated;

/// <summary>A simulated answer in pieces: the first after the model's latency, the others at its rate.</summary>
internal sealed class SimulatedChatStream(SimulatedReply reply, SimulationModel simulation, TimeProvider time) : ChatStream
{
    private const int UsualBatchBytes = 1024;

    private readonly PooledWriter _batch = new(UsualBatchBytes);
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();
    private readonly long _startedAt = time.GetTimestamp();
    private bool _isOpened;
    private bool _isFinished;
    private int _sent;
    private long _contentBytes;
    private byte[] _usageChunk = [];

    public override ReadOnlyMemory<byte> Batch => _batch.Written;

    public override bool HasContent => _sent > 0 || (_isOpened && reply.Tool is not null);

    public override TokenUsage? Usage => _isFinished ? reply.Usage : null;

    public override long ContentBytes => _contentBytes;

    public override string? FinishReason => _isFinished ? reply.FinishReason : null;

    public override AttemptFailure? Failure => null;

    public override ReadOnlyMemory<byte> UsageChunk => _usageChunk;

    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _batch.Clear();
        if (_isFinished)
            return false;
        var due = await WaitForTokensAsync(cancellationToken).ConfigureAwait(false);
        if (_isFinished)
            return false;
        if (!_isOpened)
            SimulatedWriter.WriteOpening(_batch, reply, _created);
        _isOpened = true;
        for (; _sent < due; _sent++)
        {
            var token = reply.Tokens[_sent];
            _contentBytes += Encoding.UTF8.GetByteCount(token);
            SimulatedWriter.WriteToken(_batch, reply, token, _created);
        }

        if (_sent == reply.Tokens.Count)
        {
            SimulatedWriter.WriteFinish(_batch, reply, _created);
            _usageChunk = SimulatedWriter.UsageChunk(reply, _created);
            _isFinished = true;
        }

        return true;
    }

    public override ValueTask DisposeAsync()
    {
        _isFinished = true;
        _batch.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until the next token is due; answers how many are due by then.</summary>
    private async ValueTask<int> WaitForTokensAsync(CancellationToken cancellationToken)
    {
        var wait = SimulationPace.DueAt(simulation, _sent) - time.GetElapsedTime(_startedAt);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        var elapsed = time.GetElapsedTime(_startedAt);
        var due = Math.Min(_sent + 1, reply.Tokens.Count);
        while (due < reply.Tokens.Count && SimulationPace.DueAt(simulation, due) <= elapsed)
            due++;
        return due;
    }
}
