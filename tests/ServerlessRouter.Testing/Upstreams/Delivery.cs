using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Plays one reply onto one connection: headers, segments, and at each point what the script wants there.</summary>
/// <remarks><c>endAnswer</c> is told just before the last bytes, or the cut, go out.</remarks>
internal sealed class Delivery(HttpContext context, Reply reply, AnswerPlan plan, Action endAnswer, CancellationToken stopping)
{
    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
    private int? _status;
    private int _chunksSent;
    private bool _reportedUsage;
    private bool _hasTornCharacter;

    public async Task<UpstreamAnswer> PlayAsync(UpstreamRequest request, UpstreamPrice price)
    {
        using (_ending)
        {
            AnswerEnd end;
            try
            {
                end = await PlayHeadersAsync() && await PlayBodyAsync() ? AnswerEnd.Completed : AnswerEnd.Cut;
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // All of these say that the connection went away under the answer.
                end = stopping.IsCancellationRequested ? AnswerEnd.UpstreamStopped : AnswerEnd.ClientGone;
                context.Abort();
            }
            var billed = end == AnswerEnd.Completed ? plan.Usage
                : _status is null ? UpstreamUsage.None
                : plan.Usage.Share(_chunksSent, plan.Chunks);
            return new UpstreamAnswer
            {
                Request = request.Number,
                Status = _status,
                End = end,
                ChunksSent = _chunksSent,
                Billed = billed,
                CostUsd = price.CostUsd(billed),
                ReportedUsage = _reportedUsage,
            };
        }
    }

    private async Task<bool> PlayHeadersAsync()
    {
        if (!await PassAsync(ReplyPoint.BeforeHeaders))
            return false;
        if (IsScripted(ReplyPoint.WithinHeaders))
        {
            await Socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/ev"u8.ToArray(), SocketFlags.None, _ending.Token);
            if (await PassAsync(ReplyPoint.WithinHeaders))
                await CutAsync(CutManner.Close);
            return false;
        }

        var response = context.Response;
        response.StatusCode = plan.Status;
        response.ContentType = plan.MediaType;
        if (reply.IsGzipped)
            response.Headers.ContentEncoding = "gzip";
        foreach (var (name, value) in reply.Headers)
            response.Headers.Append(name, value);
        if (!plan.IsStream && reply.Cut?.Manner != CutManner.CleanEnd)
            response.ContentLength = plan.Segments.Sum(segment => (long)segment.Bytes.Length);
        await response.Body.FlushAsync(_ending.Token);
        _status = plan.Status;
        return await PassAsync(ReplyPoint.AfterHeaders);
    }

    private async Task<bool> PlayBodyAsync()
    {
        foreach (var segment in plan.Segments)
        {
            var isGoingOn = segment.Kind switch
            {
                FrameKind.Content => await PlayContentAsync(segment),
                FrameKind.End => await PassAsync(ReplyPoint.BeforeDone),
                FrameKind.Envelope => true,
            };
            if (!isGoingOn)
                return false;
            if (segment.Kind == FrameKind.Content)
                continue;
            EndBefore(segment);
            await WriteAsync(segment.Bytes);
            _reportedUsage |= segment.ReportsUsage;
        }
        return true;
    }

    private async Task<bool> PlayContentAsync(Segment segment)
    {
        if (_chunksSent == 0 && !await PassAsync(ReplyPoint.BeforeFirstToken))
            return false;
        var chunk = _chunksSent + 1;
        var rest = segment.Bytes.AsMemory();
        if (IsScripted(ReplyPoint.InsideChunk(chunk)))
        {
            await WriteAsync(rest[..(rest.Length / 2)]);
            rest = rest[(rest.Length / 2)..];
            if (!await PassAsync(ReplyPoint.InsideChunk(chunk)))
                return false;
        }
        if (!_hasTornCharacter && IsScripted(ReplyPoint.InsideCharacter) && ScriptCheck.TearOf(rest.Span) is > 0 and var tear)
        {
            _hasTornCharacter = true;
            await WriteAsync(rest[..tear]);
            rest = rest[tear..];
            if (!await PassAsync(ReplyPoint.InsideCharacter))
                return false;
        }
        if (!IsScripted(ReplyPoint.AfterChunk(chunk)))
            EndBefore(segment);
        await WriteAsync(rest);
        _chunksSent++;
        _reportedUsage |= segment.ReportsUsage;
        return await PassAsync(ReplyPoint.AfterChunk(chunk));
    }

    private void EndBefore(Segment segment)
    {
        if (ReferenceEquals(segment, plan.Segments[^1]))
            endAnswer();
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var body = context.Response.Body;
        while (!bytes.IsEmpty)
        {
            var count = reply.IsByteByByte ? 1 : bytes.Length;
            await body.WriteAsync(bytes[..count], _ending.Token);
            await body.FlushAsync(_ending.Token);
            bytes = bytes[count..];
        }
    }

    /// <summary>Holds and cuts here if the script says so; false when the answer ends here.</summary>
    private async Task<bool> PassAsync(ReplyPoint point)
    {
        foreach (var hold in reply.Holds)
        {
            if (hold.Point == point)
                await (hold.Gate ?? new Gate()).PassAsync(_ending.Token);
        }
        if (reply.Cut is not { } cut || cut.Point != point)
            return true;
        await CutAsync(cut.Manner);
        return false;
    }

    private async Task CutAsync(CutManner manner)
    {
        endAnswer();
        switch (manner)
        {
            case CutManner.CleanEnd:
                break;
            case CutManner.Close:
                Socket.Shutdown(SocketShutdown.Send);
                // Tearing the connection down before the client has seen the end would turn it into a reset.
                await Patience.WaitAsync(ClientGoneAsync(), () => "the client to close a connection whose answer was cut");
                context.Abort();
                break;
            case CutManner.Reset:
                Socket.Close(timeout: 0);
                context.Abort();
                break;
        }
    }

    private async Task ClientGoneAsync()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (_ending.Token.Register(gone.SetResult))
            await gone.Task;
    }

    private Socket Socket => context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;

    private bool IsScripted(ReplyPoint point) => reply.Cut?.Point == point || reply.Holds.Exists(hold => hold.Point == point);
}
