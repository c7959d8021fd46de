using ServerlessRouter.State.Memory;

namespace ServerlessRouter.State.Embedded;

/// <summary>Row changes that are in memory already and wait for the disk.</summary>
internal sealed class Commit(long number, IReadOnlyList<RowChange> changes)
{
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The image's commit count with these changes in it.</summary>
    public long Number { get; } = number;

    public IReadOnlyList<RowChange> Changes { get; } = changes;

    /// <summary>Done once the changes are as durable as was asked for; fails with <see cref="TableStoreUnavailableException"/>.</summary>
    public Task Written => _written.Task;

    public void Succeed() => _written.TrySetResult();

    public void Fail(Exception cause) => _written.TrySetException(cause);
}
