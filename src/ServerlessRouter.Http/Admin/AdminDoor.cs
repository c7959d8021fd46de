using System.Numerics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Admission;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Logins;

namespace ServerlessRouter.Http.Admin;

/// <summary>The admin's gate as it stands in a network: wrong keys are logged, never what they were, and their answers are held back the longer the more came from an address.</summary>
internal sealed partial class AdminDoor(AdminGate gate, RouterModelSource models, TimeProvider time, ILogger logger)
{
    private const int MaxReasonLength = 256;

    private readonly WrongKeys _wrongKeys = new(time);

    /// <summary>The admin who asks, if it may do what a role may; or why not.</summary>
    public async ValueTask<AdminFinding> AdmitAsync(HttpContext http, AdminRole role)
    {
        var finding = await FindAsync(http);
        return finding.Admin is { Role: AdminRole.Keys } && role == AdminRole.Admin
            ? new RouterError(RouterErrorCode.PermissionDenied, "This admin key may issue keys and change those it has issued, and nothing else. Send one whose role is admin.")
            : finding;
    }

    /// <summary>What the audit log is told of who does something; or what is wrong with the reason that was sent.</summary>
    public static RouterError? ActOf(HttpContext http, AdminModel admin, out AdminAct act)
    {
        var reason = http.Request.Headers[RouterHeaders.Reason] is { Count: > 0 } written ? written.ToString() : null;
        act = new AdminAct(admin, http.TraceIdentifier, reason);
        return reason is { Length: > MaxReasonLength } || reason?.Any(char.IsControl) == true
            ? RouterError.InvalidRequest($"The header {RouterHeaders.Reason} says why something is changed, in up to {MaxReasonLength} characters.", RouterHeaders.Reason)
            : null;
    }

    /// <summary>A right key may not be refused for the wrong ones of others behind its address, so it is looked at also while many of these wait, where that makes no guess any faster: it is long, or a session stands for it.</summary>
    private async ValueTask<AdminFinding> FindAsync(HttpContext http)
    {
        var headers = new HttpRequestHeaders(http.Request.Headers);
        if (!AdminGate.IsKeySent(headers))
            return await gate.FindAsync(models.Current, headers, http.RequestAborted);
        var sender = WrongKeys.SenderOf(http.Connection.RemoteIpAddress);
        var isFull = _wrongKeys.IsFull(sender);
        if (isFull && !AdminGate.IsBeyondGuessing(headers) && http.Features.Get<LoginSession>() is null)
            return TooMany;

        var finding = await gate.FindAsync(models.Current, headers, http.RequestAborted);
        if (finding.Error is not { } error)
            _wrongKeys.Forgive(sender);
        else if (error.Code == RouterErrorCode.InvalidApiKey && isFull)
            return TooMany;
        else if (error.Code == RouterErrorCode.InvalidApiKey)
            await HoldBackAsync(sender, http.RequestAborted);
        return finding;
    }

    /// <inheritdoc cref="AdminGate.IsMeant"/>
    public bool IsMeant(HttpContext http) => gate.IsMeant(models.Current, new HttpRequestHeaders(http.Request.Headers));

    private async ValueTask HoldBackAsync(string sender, CancellationToken cancellationToken)
    {
        var (inARow, delay) = _wrongKeys.Add(sender);
        try
        {
            // Of a thousand guesses ten lines say as much as a thousand.
            if (inARow <= WrongKeys.FreeMistakes || BitOperations.IsPow2(inARow))
                LogWrongKey(sender, inARow, delay.TotalSeconds);
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, time, cancellationToken);
        }
        finally
        {
            _wrongKeys.Release(sender);
        }
    }

    private static RouterError TooMany => new(
        RouterErrorCode.RateLimitExceeded, $"{WrongKeys.MaxHeld} wrong admin keys from this address wait for their answers, so no short one is looked at. Try again shortly, or with a key of at least {AdminGate.MinUnguessableLength} characters.")
    {
        RetryAfter = WrongKeys.MaxDelay,
    };

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "A wrong admin key came from {Sender}, {InARow} in a row; its answer is held back for {Seconds} s")]
    private partial void LogWrongKey(string sender, int inARow, double seconds);
}
