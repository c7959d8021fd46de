using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.Translation;

/// <summary>
/// A stream of events in a vendor's own schema, passed on as chunks of a chat completion, or as it came to callers who speak that schema. Here its events are found, passed on and
/// brought to their end; what they mean is the vendor's.
/// </summary>
internal abstract class VendorEventStream : ChatStream
{
    private const int UsualBatchBytes = 1024;

    private readonly WireSchema _own;
    private readonly SseEventReader _reader;
    private readonly PooledWriter _batch = new(UsualBatchBytes);
    private readonly PooledWriter? _chunksUnread;
    private bool _isBodyRead;
    private bool _hasEnded;
    private AttemptFailure? _failure;
    private byte[] _usageChunk = [];

    /// <param name="body">Taken over.</param>
    /// <param name="own">The vendor's schema.</param>
    /// <param name="passesOn">The events go on as they came, and the chunks that are made of them are for the figures alone.</param>
    protected VendorEventStream(UpstreamBody body, WireSchema own, bool passesOn)
    {
        (_own, _reader) = (own, new SseEventReader(body));
        _chunksUnread = passesOn ? new PooledWriter(UsualBatchBytes) : null;
    }

    public sealed override WireSchema Schema => _chunksUnread is null ? WireSchema.Chat : _own;

    public sealed override ReadOnlyMemory<byte> Batch => _batch.Written;

    public sealed override AttemptFailure? Failure => _failure;

    public sealed override ReadOnlyMemory<byte> UsageChunk => _usageChunk;

    /// <summary>Takes the chunks.</summary>
    protected PooledWriter Chunks => _chunksUnread ?? _batch;

    /// <summary>What ends the stream once the events that were read are done with.</summary>
    protected AttemptFailure? PendingFailure { get; private set; }

    /// <summary>Nothing is read behind this.</summary>
    protected abstract bool IsOver { get; }

    /// <summary>How it broke off, where its end came without the vendor's word that it is whole; null where it is.</summary>
    protected abstract string? Loss { get; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public sealed override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_hasEnded)
            return false;
        _batch.Clear();
        while (true)
        {
            if (IsOver || _isBodyRead || PendingFailure is not null)
                return End(PendingFailure ?? FailureOfEnd());
            try
            {
                _isBodyRead = !await _reader.FillAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (UpstreamFailures.IsBrokenConnection(exception))
            {
                if (!HasFinished)
                    cancellationToken.ThrowIfCancellationRequested();
                return End(FailureOfEnd());
            }

            if (_hasEnded)
                return false;
            while (PendingFailure is null && !IsOver && _reader.TryTake(out var taken))
                Take(_reader.Buffer.AsMemory(taken.DataStart, taken.DataLength), taken.IsError);
            // What carries nothing for the caller is a sign of life all the same.
            if (_batch.Length > 0 || !_isBodyRead)
                return true;
        }
    }

    public sealed override ValueTask DisposeAsync()
    {
        _hasEnded = true;
        _reader.Dispose();
        DisposeChunks();
        _batch.Dispose();
        _chunksUnread?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes an event. False where nothing of it may be passed on.</summary>
    /// <param name="item">The event's data.</param>
    /// <param name="data">The same as bytes.</param>
    /// <param name="type">Its name.</param>
    protected abstract bool TryTake(JsonElement item, ReadOnlyMemory<byte> data, out string? type);

    /// <summary>The name of an event that is a piece of text.</summary>
    protected abstract string TextName { get; }

    /// <summary>Takes a piece of text, which nearly all events are, without a document; false for every other event, and for a piece that has to be looked at closely.</summary>
    /// <param name="payload">The event's data.</param>
    /// <param name="passesOn">It is passed on as it came, so that it has only to be counted.</param>
    protected abstract bool TryTakeText(ReadOnlySpan<byte> payload, bool passesOn);

    /// <summary>Takes the mark by which gateways end these streams as OpenAI ends chat completions.</summary>
    protected abstract void TakeMark();

    /// <summary>The payload of a chunk that carries usage alone; empty where none was told.</summary>
    protected abstract byte[] ComposeUsage();

    protected abstract void DisposeChunks();

    /// <summary>Ends the stream with a failure.</summary>
    protected virtual void Fail(AttemptFailure failure) => PendingFailure = failure;

    protected void FailAtEnd()
    {
        if (FailureOfEnd() is { } failure)
            Fail(failure);
    }

    protected AttemptFailure InBand(AttemptFailure failure) =>
        HasContent ? Cut("The provider reported an error inside its stream.") with { UpstreamStatus = failure.UpstreamStatus } : failure;

    protected AttemptFailure Cut(string detail) => new(HasContent ? FailureKind.CutAfterCommit : FailureKind.CutBeforeCommit, detail);

    private void Take(ReadOnlyMemory<byte> data, bool isNamedError)
    {
        var payload = data.Span.Trim(" \t"u8);
        try
        {
            if (payload.SequenceEqual("[DONE]"u8))
                TakeMark();
            else if (isNamedError)
                Fail(InBand(UpstreamFailures.OfErrorInside(VendorError.Read(data))));
            else if (payload is [(byte)'{', ..])
                TakeEvent(payload, data);
            // All else, such as a bare word between events, is a sign of life and no more.
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a name with broken escapes.
            Fail(Cut("The provider's stream broke off inside an event, or was not JSON."));
        }
    }

    private void TakeEvent(ReadOnlySpan<byte> payload, ReadOnlyMemory<byte> data)
    {
        if (TryTakeText(payload, _chunksUnread is not null))
        {
            PassOn(TextName, data.Span);
            return;
        }

        using var document = JsonDocument.Parse(data, LooseJson.ParseOptions);
        if (TryTake(document.RootElement, data, out var type))
            PassOn(type, data.Span);
    }

    /// <summary>For callers who speak the vendor's schema. An event that a gateway left without its name gets it back: clients go by it.</summary>
    private void PassOn(string? type, ReadOnlySpan<byte> data)
    {
        if (_chunksUnread is null)
            return;
        _chunksUnread.Clear();
        if (type is not null)
        {
            _batch.Append("event: "u8);
            _batch.Advance(Encoding.UTF8.GetBytes(type, _batch.GetSpan(Encoding.UTF8.GetMaxByteCount(type.Length))));
            _batch.Append("\n"u8);
        }

        _batch.Append("data: "u8);
        _batch.Append(data);
        _batch.Append("\n\n"u8);
    }

    private AttemptFailure? FailureOfEnd()
    {
        if (Loss is not { } loss)
            return null;
        return Cut(_reader.IsTooLarge ? "The provider's stream held an event larger than the router reads." : loss);
    }

    private bool End(AttemptFailure? failure)
    {
        _failure = failure;
        _hasEnded = true;
        if (failure is null)
            _usageChunk = ComposeUsage();
        return false;
    }
}
