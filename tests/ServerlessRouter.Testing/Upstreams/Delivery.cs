using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Plays one reply onto one connection: headers, segments, and at each point what the script wants there.</summary>
internal sealed class Delivery(HttpContext context, Reply reply, AnswerPlan plan, CancellationToken stopping)
{
    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
    private int? _status;
    private int _chunksSent;
    private bool _reportedUsage;

    /// <summary>What the script asks for and this answer never comes to; null when all of it can happen.</summary>
    public string? FindMistake()
    {
        var scripted = reply.Holds.ConvertAll(hold => hold.Point);
        if (reply.Cut is { } cut)
            scripted = scripted.Add(cut.Point);
        foreach (var point in scripted)
        {
            if (!IsReachable(point))
                return $"The reply is to be held or cut at {point}, but with {plan.Chunks} chunk(s) it never gets there.";
        }
        return null;
    }

    public async Task<UpstreamAnswer> PlayAsync(UpstreamRequest request, UpstreamPrice price)
    {
        using (_ending)
        {
            AnswerEnd end;
            try
            {
                end = await PlayHeadersAsync() && await PlayBodyAsync() ? AnswerEnd.Completed : AnswerEnd.Cut;
            }
            catch (OperationCanceledException)
            {
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
            var isDelivered = segment.Kind switch
            {
                FrameKind.Content => await PlayContentAsync(segment.Bytes),
                FrameKind.End => await PassAsync(ReplyPoint.BeforeDone) && await WriteAsync(segment.Bytes),
                FrameKind.Envelope => await WriteAsync(segment.Bytes),
            };
            if (!isDelivered)
                return false;
            _reportedUsage |= segment.ReportsUsage;
        }
        return true;
    }

    private async Task<bool> PlayContentAsync(byte[] bytes)
    {
        if (_chunksSent == 0 && !await PassAsync(ReplyPoint.BeforeFirstToken))
            return false;
        var chunk = _chunksSent + 1;
        var sent = 0;
        if (IsScripted(ReplyPoint.InsideChunk(chunk)))
        {
            sent = bytes.Length / 2;
            if (!await WriteAsync(bytes[..sent]) || !await PassAsync(ReplyPoint.InsideChunk(chunk)))
                return false;
        }
        var split = SplitInsideCharacter(bytes);
        if (split > sent && IsFirstSplit(chunk))
        {
            if (!await WriteAsync(bytes[sent..split]) || !await PassAsync(ReplyPoint.InsideCharacter))
                return false;
            sent = split;
        }
        await WriteAsync(bytes[sent..]);
        _chunksSent++;
        return await PassAsync(ReplyPoint.AfterChunk(chunk));
    }

    private bool IsFirstSplit(int chunk) => IsScripted(ReplyPoint.InsideCharacter)
        && plan.Segments.Where(segment => segment.Kind == FrameKind.Content).Take(chunk - 1).All(segment => SplitInsideCharacter(segment.Bytes) == 0);

    /// <summary>Where the first character of several bytes is torn; 0 when there is none.</summary>
    private static int SplitInsideCharacter(byte[] bytes) => Array.FindIndex(bytes, value => value >= 0x80) + 1;

    private async Task<bool> WriteAsync(byte[] bytes)
    {
        var body = context.Response.Body;
        var step = reply.IsByteByByte ? 1 : Math.Max(1, bytes.Length);
        for (var i = 0; i < bytes.Length; i += step)
        {
            await body.WriteAsync(bytes.AsMemory(i, Math.Min(step, bytes.Length - i)), _ending.Token);
            await body.FlushAsync(_ending.Token);
        }
        return true;
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

    private bool IsReachable(ReplyPoint point) => point.Name switch
    {
        nameof(ReplyPoint.AfterChunk) or nameof(ReplyPoint.InsideChunk) => point.Chunk >= 1 && point.Chunk <= plan.Chunks,
        nameof(ReplyPoint.BeforeFirstToken) => plan.Chunks > 0,
        nameof(ReplyPoint.BeforeDone) => plan.Segments.Any(segment => segment.Kind == FrameKind.End),
        nameof(ReplyPoint.InsideCharacter) =>
            !reply.IsGzipped && plan.Segments.Any(segment => segment.Kind == FrameKind.Content && SplitInsideCharacter(segment.Bytes) > 0),
        _ => true,
    };
}
