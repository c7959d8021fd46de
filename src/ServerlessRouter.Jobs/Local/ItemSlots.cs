namespace ServerlessRouter.Jobs.Local;

/// <summary>How many requests of jobs may be under way at once, whichever job they are of.</summary>
internal sealed class ItemSlots(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);

    /// <summary>How many there are.</summary>
    public int Count => count;

    public async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return await work(cancellationToken);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();
}
