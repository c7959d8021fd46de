using System.Buffers;
using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>
/// A stream in OpenAI's schema, passed on in the vendor's own bytes. Only what must not go on is taken out, and only a chunk that would trip clients is written anew.
/// </summary>
/// <remarks>
/// It is whole when each choice has said why it finished, whatever comes or does not come behind that, or when the vendor says <c>[DONE]</c> behind content; then the missing
/// reasons are added. Anything else is a cut. Of several choices asked for, one may begin when another has finished: a stream with fewer is whole once its usage is told.
/// The page <c>docs/answers.md</c> has the rules.
/// </remarks>
/// <param name="body">The answer's body, which the stream takes over.</param>
/// <param name="choices">How many choices are asked for.</param>
internal sealed class OpenAIChatStream(UpstreamBody body, int choices = 1) : ChatStream
{
    private const int UsualChunkBytes = 1024;

    /// <summary>A first chunk beyond this lends its id and model to no other.</summary>
    private const int MaxHeadBytes = 4096;

    private readonly SseEventReader _events = new(body);
    private readonly UsualChunk _usual = new();
    private readonly int _asked = Math.Min(choices, ChoiceSet.MaxCount);
    private int _batchLength;
    private PooledWriter? _rewritten;
    private ToolCallLedger? _calls;
    private byte[]? _head;
    private int _headLength;
    private ChoiceSet _begun;
    private ChoiceSet _finished;
    private ChoiceSet _calling;
    private bool _isMarkedDone;
    private bool _isBodyRead;
    private bool _hasEnded;
    private bool _hasContent;
    private bool _hasTotal;
    private TokenUsage? _usage;
    private long _contentBytes;
    private string? _finishReason;
    private AttemptFailure? _failure;
    private AttemptFailure? _pendingFailure;
    private byte[] _usageChunk = [];
    private int _usageChunkLength;

    public override ReadOnlyMemory<byte> Batch => _rewritten is { Length: > 0 } rewritten ? rewritten.Written : _events.Buffer.AsMemory(0, _batchLength);

    public override bool HasContent => _hasContent;

    public override TokenUsage? Usage => _usage;

    public override long ContentBytes => _contentBytes;

    public override string? FinishReason => _finishReason;

    public override bool HasFinished => HasFinishedAllBegun && (_hasTotal || _begun.Count >= _asked);

    private bool HasFinishedAllBegun => !_begun.IsEmpty && (_begun - _finished).IsEmpty;

    public override AttemptFailure? Failure => _failure;

    public override ReadOnlyMemory<byte> UsageChunk => _usageChunk.AsMemory(0, _usageChunkLength);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _batchLength = 0;
        _rewritten?.Clear();
        while (!_hasEnded)
        {
            if (_isMarkedDone || _isBodyRead || _pendingFailure is not null)
                return EndOrFinish();
            try
            {
                if (!await _events.FillAsync(cancellationToken).ConfigureAwait(false))
                    _isBodyRead = true;
            }
            catch (Exception exception) when (UpstreamFailures.IsBrokenConnection(exception))
            {
                if (!HasFinished)
                    cancellationToken.ThrowIfCancellationRequested();
                return End(FailureOfEnd());
            }

            if (_hasEnded)
                return false;
            TakeEvents();
            // What carries nothing for the caller is a sign of life all the same.
            if (!Batch.IsEmpty || !_isBodyRead)
                return true;
        }

        return false;
    }

    public override ValueTask DisposeAsync()
    {
        _hasEnded = true;
        _events.Dispose();
        _rewritten?.Dispose();
        if (_head is { } pooled)
            ArrayPool<byte>.Shared.Return(pooled);
        _head = null;
        return ValueTask.CompletedTask;
    }

    private void TakeEvents()
    {
        while (_pendingFailure is null && _events.TryTake(out var taken))
        {
            var data = _events.Buffer.AsMemory(taken.DataStart, taken.DataLength);
            var said = data.Span.Trim(" \t"u8);
            if (taken.IsError)
            {
                _pendingFailure = InBand(VendorError.Read(data));
                return;
            }

            if (said.IsEmpty || IsSignOfLife(said))
                continue;
            if (said.SequenceEqual("[DONE]"u8) || said.SequenceEqual("\"[DONE]\""u8))
            {
                _isMarkedDone = true;
                return;
            }

            Take(taken, data);
        }
    }

    /// <summary>Some gateways write it as data where others write a comment.</summary>
    private static bool IsSignOfLife(ReadOnlySpan<byte> said) =>
        said[0] != '{' && (said.SequenceEqual("ping"u8) || said.SequenceEqual("[PING]"u8) || said.SequenceEqual("heartbeat"u8) || said.SequenceEqual("keep-alive"u8));

    /// <summary>Learns from a chunk, and passes it on where it is for the caller.</summary>
    private void Take(SseEvent taken, ReadOnlyMemory<byte> data)
    {
        if (!taken.IsBare && _usual.TryRead(data.Span, out var text))
        {
            (_contentBytes, _hasContent) = (_contentBytes + text.Length, _hasContent || !text.IsEmpty);
            Pass(taken);
            return;
        }

        var isWhole = OpenAIPayloadReader.TryRead(data.Span, PayloadForm.Chunk, out var payload);
        if (!isWhole && NonFiniteNumbers.Replace(data.Span) is { } known)
        {
            (data, taken) = (known, taken with { IsBare = true });
            isWhole = OpenAIPayloadReader.TryRead(known, PayloadForm.Chunk, out payload);
        }

        Learn(payload, data, isWhole);
        if (!isWhole)
        {
            // Behind the last finish reason nothing is missing but, at most, usage.
            if (!HasFinished)
                _pendingFailure = Cut("The provider's stream broke off inside a chunk, or was not JSON.");
            return;
        }

        if (payload.IsError)
        {
            _pendingFailure = InBand(ErrorIn(payload, data));
            return;
        }

        if (!payload.HasChoices && payload.Usage is not null)
        {
            // Usage alone comes behind all choices.
            _hasTotal |= HasFinishedAllBegun;
            return;
        }

        _begun |= payload.Choices;
        _finished |= payload.Finished;
        _calling |= payload.Calling;
        _hasContent |= payload.HasContent;
        _contentBytes += payload.ContentBytes;
        _finishReason = payload.FinishReason ?? _finishReason;
        if (_head is null && payload.HasChoices)
            KeepHead(data.Span);
        if (payload.IsTextAlone)
            _usual.Learn(data.Span, payload.TextRange);
        if (payload.IsOdd || (taken.IsBare && !payload.UsageRange.IsEmpty) || (payload.CallHeads > 0 && IsToldAgain(payload, data)))
            Rewrite(data);
        else if (taken.IsBare)
            Append(data.Span);
        else
            Pass(payload.UsageRange.IsEmpty ? taken : TakeOutUsage(taken, payload.UsageRange));
    }

    /// <summary>Usage is told by the last chunk that has any: of a chunk that says why there is no answer, too, because the vendor bills it. One of zeros takes nothing back.</summary>
    private void Learn(in OpenAIPayload payload, ReadOnlyMemory<byte> data, bool isWhole)
    {
        if (payload.Usage is not { } usage || (usage.TotalTokens == 0 && (payload.IsError || _usage is not null)))
            return;
        _usage = usage;
        if (payload.UsageRange.IsEmpty || !isWhole)
            return;
        if (_usageChunk.Length < data.Length)
            _usageChunk = new byte[data.Length];
        data.CopyTo(_usageChunk);
        _usageChunkLength = data.Length;
    }

    private static VendorError ErrorIn(in OpenAIPayload payload, ReadOnlyMemory<byte> data)
    {
        if (!payload.ErrorRange.IsEmpty)
            return VendorError.OfObject(data.Slice(payload.ErrorRange.Start, payload.ErrorRange.Length));
        return payload.IsFlatError ? VendorError.Read(data) : VendorError.Unknown;
    }

    /// <summary>A tool call opens with what it had opened with before, or without an id.</summary>
    private bool IsToldAgain(in OpenAIPayload payload, ReadOnlyMemory<byte> data)
    {
        _calls ??= new ToolCallLedger();
        return payload.CallHeads == 1 ? !_calls.TryOpen(payload.CallHead, data.Span) : !_calls.TryOpenAll(data);
    }

    private void Rewrite(ReadOnlyMemory<byte> data)
    {
        var rewritten = BeginRewriting();
        rewritten.Append("data: "u8);
        new OpenAIMender(rewritten, PayloadForm.Chunk, _calls ??= new ToolCallLedger()).Write(data);
        rewritten.Append("\n\n"u8);
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        var rewritten = BeginRewriting();
        rewritten.Append("data: "u8);
        rewritten.Append(data);
        rewritten.Append("\n\n"u8);
    }

    private void Pass(in SseEvent taken)
    {
        var end = _events.Keep(taken, _batchLength);
        if (_rewritten is { Length: > 0 } rewritten)
            rewritten.Append(_events.Buffer.AsSpan(_batchLength, end - _batchLength));
        else
            _batchLength = end;
    }

    /// <summary>From the first chunk that is written anew the batch is put together apart from the vendor's bytes.</summary>
    private PooledWriter BeginRewriting()
    {
        _rewritten ??= new PooledWriter(UsualChunkBytes);
        if (_rewritten.Length == 0)
            _rewritten.Append(_events.Buffer.AsSpan(0, _batchLength));
        return _rewritten;
    }

    /// <summary>Usage beside choices is told once, at the end; here null takes its place, which is never longer.</summary>
    private SseEvent TakeOutUsage(in SseEvent taken, JsonRange usage)
    {
        var buffer = _events.Buffer;
        var start = taken.DataStart + usage.Start;
        var (behind, end) = (taken.DataStart + usage.End, taken.IsPlain ? taken.End : taken.DataStart + taken.DataLength);
        "null"u8.CopyTo(buffer.AsSpan(start));
        buffer.AsSpan(behind, end - behind).CopyTo(buffer.AsSpan(start + "null"u8.Length));
        var shorter = usage.Length - "null"u8.Length;
        return taken with { End = taken.IsPlain ? taken.End - shorter : taken.End, DataLength = taken.DataLength - shorter };
    }

    private void KeepHead(ReadOnlySpan<byte> chunk)
    {
        _headLength = chunk.Length <= MaxHeadBytes ? chunk.Length : 0;
        _head = ArrayPool<byte>.Shared.Rent(Math.Max(1, _headLength));
        chunk[.._headLength].CopyTo(_head);
    }

    private bool EndOrFinish()
    {
        if ((_pendingFailure ?? FailureOfEnd()) is { } failure)
            return End(failure);
        if (HasFinishedAllBegun)
            return End(null);
        FinishChunk.Write(BeginRewriting(), _head.AsSpan(0, _headLength), _begun - _finished, _calling);
        _finishReason ??= FinishReasons.Stop;
        _finished |= _begun;
        return true;
    }

    private AttemptFailure? FailureOfEnd()
    {
        if (HasFinished)
            return null;
        if (_events.IsTooLarge)
            return Cut("The provider's stream held an event larger than the router reads.");
        if (_begun.IsEmpty || (_isMarkedDone && !_hasContent))
            return Cut("The provider's stream ended without an answer in it.");
        if (_isMarkedDone)
            return null;
        return Cut(HasFinishedAllBegun
            ? $"The provider's stream broke off: it held {_begun.Count} of the {_asked} choices that were asked for."
            : "The provider's stream broke off: it never said why it finished.");
    }

    private AttemptFailure InBand(VendorError error)
    {
        var failure = UpstreamFailures.OfErrorInside(error);
        return _hasContent ? Cut("The provider reported an error inside its stream.") with { UpstreamStatus = failure.UpstreamStatus } : failure;
    }

    private AttemptFailure Cut(string detail) => new(_hasContent ? FailureKind.CutAfterCommit : FailureKind.CutBeforeCommit, detail);

    private bool End(AttemptFailure? failure)
    {
        _failure = failure;
        _hasEnded = true;
        return false;
    }
}
