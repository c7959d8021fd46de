using System.Numerics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Admin;

/// <summary>
/// Counts keys of callers that are not accepted by the address they come from, and holds the answers to further ones back. A key that is accepted is never held back, whatever else comes from its address; and
/// while no wrong key came lately, no request pays more than one look at a number.
/// </summary>
internal sealed partial class CallerKeyWatch(RouterModelSource models, AdminGate gate, TimeProvider time, ILogger logger)
{
    private readonly WrongKeys _wrongKeys = new(time);

    /// <summary>Before a request is answered: waits where its key is wrong and others were before it; an error where too many wait already.</summary>
    public ValueTask<RouterError?> BeforeAsync(HttpContext http) => _wrongKeys.IsEmpty ? default : HoldAsync(http);

    /// <summary>After a request was answered.</summary>
    public void After(HttpContext http)
    {
        if (http.Response.StatusCode != StatusCodes.Status401Unauthorized || http.Features.Get<HeldAnswer>() is not null || !AdminGate.IsKeySent(new HttpRequestHeaders(http.Request.Headers)))
            return;
        var sender = WrongKeys.SenderOf(http.Connection.RemoteIpAddress);
        Note(sender, _wrongKeys.Add(sender).InARow, TimeSpan.Zero);
        _wrongKeys.Release(sender);
    }

    private async ValueTask<RouterError?> HoldAsync(HttpContext http)
    {
        var sender = WrongKeys.SenderOf(http.Connection.RemoteIpAddress);
        if (!_wrongKeys.IsSuspect(sender))
            return null;
        var headers = new HttpRequestHeaders(http.Request.Headers);
        if (!AdminGate.IsKeySent(headers))
            return null;
        // A key that is accepted forgives no wrong ones: behind one address are many callers, and one of them may be guessing.
        if (CallerIdentity.Find(models.Current, headers, out _)?.Code != RouterErrorCode.InvalidApiKey)
            return null;
        var isFull = _wrongKeys.IsFull(sender);
        // Some endpoints for callers take the admin key too. A short one is looked at only while there is room, as at the admin's own door, so that it cannot be guessed any faster here.
        if (isFull && !AdminGate.IsBeyondGuessing(headers))
            return TooMany;
        if ((await gate.FindAsync(models.Current, headers, http.RequestAborted)).Admin is not null)
            return null;
        if (isFull)
            return TooMany;

        var (inARow, delay) = _wrongKeys.Add(sender);
        try
        {
            http.Features.Set(HeldAnswer.Instance);
            Note(sender, inARow, delay);
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, time, http.RequestAborted);
            return null;
        }
        finally
        {
            _wrongKeys.Release(sender);
        }
    }

    // Of a thousand guesses ten lines say as much as a thousand.
    private void Note(string sender, int inARow, TimeSpan delay)
    {
        if (inARow <= WrongKeys.FreeMistakes || BitOperations.IsPow2(inARow))
            LogWrongKey(sender, inARow, delay.TotalSeconds);
    }

    private static RouterError TooMany => new(
        RouterErrorCode.RateLimitExceeded, $"{WrongKeys.MaxHeld} wrong keys from this address wait for their answers. Try again shortly, with a key that this router has issued.")
    {
        RetryAfter = WrongKeys.MaxDelay,
    };

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "A key that is not accepted came from {Sender}, {InARow} in a row; its answer is held back for {Seconds} s")]
    private partial void LogWrongKey(string sender, int inARow, double seconds);

    /// <summary>Marks a request whose wrong key is counted already.</summary>
    private sealed class HeldAnswer
    {
        public static readonly HeldAnswer Instance = new();
    }
}
