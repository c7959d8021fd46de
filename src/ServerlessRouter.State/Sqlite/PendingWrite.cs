namespace ServerlessRouter.State.Sqlite;

/// <summary>Operations that wait for the writer, and then for the commit that has them.</summary>
internal sealed class PendingWrite(string table, IReadOnlyList<TableOperation> operations)
{
    private readonly TaskCompletionSource<TableTransactionResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TableTransactionResult? _result;
    private ArgumentException? _breach;

    public string Table { get; } = table;

    public IReadOnlyList<TableOperation> Operations { get; } = operations;

    /// <summary>Done once the disk has it; fails with <see cref="TableStoreUnavailableException"/>.</summary>
    public Task<TableTransactionResult> Answer => _answer.Task;

    /// <summary>What is answered when the commit succeeds.</summary>
    public void Decide(TableTransactionResult result) => _result = result;

    /// <summary>The same for operations that may not be.</summary>
    public void Decide(ArgumentException breach) => _breach = breach;

    public void Succeed()
    {
        if (_breach is not null)
            _answer.TrySetException(_breach);
        else
            _answer.TrySetResult(_result!);
    }

    public void Fail(Exception cause) => _answer.TrySetException(cause);
}
