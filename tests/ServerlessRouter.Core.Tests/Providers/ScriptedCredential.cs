using Azure.Core;
using ServerlessRouter.Testing;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>Gives numbered tokens; the next call can be held or made to fail.</summary>
internal sealed class ScriptedCredential(Func<DateTimeOffset> expiresOn) : TokenCredential
{
    private readonly Lock _lock = new();
    private readonly List<string> _scopes = [];
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _hold;
    private Exception? _failure;

    public IReadOnlyList<string> Scopes
    {
        get
        {
            lock (_lock)
                return [.. _scopes];
        }
    }

    public TaskCompletionSource HoldNext() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void FailNext(Exception exception) => _failure = exception;

    /// <summary>Waits for the second call.</summary>
    public Task WaitForSecondCallAsync() => Patience.WaitAsync(_second.Task, () => "the second call for a token");

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        int number;
        lock (_lock)
        {
            _scopes.AddRange(requestContext.Scopes);
            number = _scopes.Count;
        }

        var hold = Interlocked.Exchange(ref _hold, null);
        if (number == 2)
            _second.TrySetResult();
        if (hold is not null)
            await hold.Task.WaitAsync(cancellationToken);
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            throw failure;
        return new AccessToken($"token-{number}", expiresOn());
    }
}
