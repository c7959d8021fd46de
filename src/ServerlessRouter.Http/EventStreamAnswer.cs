using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Doors;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Responses;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http;

/// <summary>
/// An answer in server-sent events. From its creation on a comment is written whenever nothing else was for <see cref="KeepAliveInterval"/>, so that nothing between here
/// and the caller takes the connection for dead.
/// </summary>
/// <remarks>One timer serves the whole stream: a write only notes its time, and the timer sleeps on for what is left of the interval.</remarks>
internal sealed class EventStreamAnswer : IAsyncDisposable
{
    /// <summary>Longest silence: well below the 60 s at which common proxies give up.</summary>
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

    private const string ContentType = "text/event-stream";

    private static readonly byte[] Comment = ": keep-alive\n\n"u8.ToArray();

    private readonly HttpResponse _response;
    private readonly TimeProvider _time;
    private readonly CancellationToken _aborted;
    private readonly ApiDoor? _door;
    private readonly KeptResponse? _kept;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ITimer _timer;
    private long _lastWriteAt;
    private Task _keepAlive = Task.CompletedTask;

    public EventStreamAnswer(HttpContext http, TimeProvider time)
    {
        _response = http.Response;
        _aborted = http.RequestAborted;
        _door = DoorOfRequest.Find(http);
        _kept = KeptResponse.Of(http);
        _time = time;
        _lastWriteAt = time.GetTimestamp();
        _timer = time.CreateTimer(static answer => ((EventStreamAnswer)answer!).OnTimer(), this, KeepAliveInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something is on the wire: the status can no longer be chosen. Settled once keep-alive has stopped.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Passes a stream on to its end, batch by batch; a caller who reads slowly slows the reading down.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask CopyAsync(ChatStream stream, RequestContext context)
    {
        using var translated = _door is { } door && stream.Schema == WireSchema.Chat ? new TranslatedStream(door.OpenStream(DoorOfRequest.TermsOf(context, _kept?.PreviousId, _time.GetUtcNow()))) : null;
        var passed = translated is null ? _door?.WatchPassed() : null;
        while (await stream.ReadAsync(_aborted))
        {
            var batch = translated?.Take(stream.Batch) ?? stream.Batch;
            if (batch.IsEmpty)
                continue;
            passed?.Take(batch.Span);
            if (_kept is not null)
                await _kept.WatchAsync(batch, _aborted);
            await _gate.WaitAsync(_aborted);
            try
            {
                if (!HasBegun)
                    Begin(context);
                await WriteAsync(batch);
            }
            finally
            {
                _gate.Release();
            }
        }

        await StopKeepAliveAsync();
        if (!HasBegun)
            Begin(context);

        // A stream of chunks that broke off has said so in its last batch. The server flushes with the end of the response.
        if (translated is not null)
            await EndAsync(stream.Failure is null ? translated.End() : default);
        else if (_door is not null && context.Error is { } error)
            WriteError(_door, passed, error, context.RequestId);
        else if (_door is null && stream.Failure is null)
            _response.BodyWriter.Write("data: [DONE]\n\n"u8);
    }

    private void WriteError(ApiDoor door, PassedStream? passed, RouterError error, string requestId)
    {
        if (passed is not null)
            passed.WriteError(door.InOwnWords(error), requestId, _response.BodyWriter);
        else
            door.WriteErrorEvents(door.InOwnWords(error), requestId, _response.BodyWriter);
    }

    private async ValueTask EndAsync(ReadOnlyMemory<byte> events)
    {
        if (_kept is not null)
            await _kept.WatchAsync(events, _aborted);
        _response.BodyWriter.Write(events.Span);
    }

    /// <summary>Says in band why there is no answer; for a stream that has begun, after keep-alive has stopped.</summary>
    public ValueTask WriteErrorAsync(RouterError error, RequestContext context)
    {
        if (_door is null)
            return WriteAsync(ErrorBody.OfEvent(error, context.RequestId, context.Request.Model, _time.GetUtcNow()));
        var events = new ArrayBufferWriter<byte>(512);
        _door.WriteErrorEvents(_door.InOwnWords(error), context.RequestId, events);
        return WriteAsync(events.WrittenMemory);
    }

    /// <summary>Afterwards nothing is written but by the caller.</summary>
    public async ValueTask StopKeepAliveAsync()
    {
        await _timer.DisposeAsync();
        await _keepAlive;
    }

    public async ValueTask DisposeAsync()
    {
        await StopKeepAliveAsync();
        _gate.Dispose();
    }

    private void Begin(RequestContext? context)
    {
        HasBegun = true;
        _response.ContentType = ContentType;
        _response.Headers.CacheControl = "private, no-store, no-cache";
        _response.Headers["X-Accel-Buffering"] = "no";
        if (context is not null)
            RouterHeaders.Write(_response, context, _time);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(ReadOnlyMemory<byte> events)
    {
        await _response.BodyWriter.WriteAsync(events, _aborted);
        Volatile.Write(ref _lastWriteAt, _time.GetTimestamp());
    }

    private void OnTimer() => _keepAlive = KeepAliveAsync();

    private async Task KeepAliveAsync()
    {
        var left = KeepAliveInterval - _time.GetElapsedTime(Volatile.Read(ref _lastWriteAt));
        if (left <= TimeSpan.Zero)
        {
            await WriteCommentAsync();
            left = KeepAliveInterval;
        }

        _timer.Change(TimerSpan.RoundUp(left), Timeout.InfiniteTimeSpan);
    }

    private async ValueTask WriteCommentAsync()
    {
        // A write under way is sign of life enough.
        if (!await _gate.WaitAsync(0, CancellationToken.None))
            return;
        try
        {
            if (!HasBegun)
                Begin(context: null);
            await WriteAsync(Comment);
        }
        catch (Exception) when (_aborted.IsCancellationRequested)
        {
            // The handler learns it from its own token.
        }
        finally
        {
            _gate.Release();
        }
    }
}
