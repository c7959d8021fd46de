using System.Threading.Channels;

namespace ServerlessRouter.Background;

/// <summary>Places for those who read the books: a few at a time, so that the store is left to what requests need.</summary>
public sealed class ReadLimiter(int most, TimeSpan patience, TimeProvider time)
{
    /// <summary>When a caller that got no place may come again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Holds an entry for each reading under way.</summary>
    private readonly Channel<bool> _taken = Channel.CreateBounded<bool>(most);

    /// <summary>Takes a place, waiting a little for one; false when none became free.</summary>
    public async ValueTask<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        if (_taken.Writer.TryWrite(true))
            return true;
        using var over = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await _taken.Writer.WriteAsync(true, either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave() => _taken.Reader.TryRead(out _);
}
