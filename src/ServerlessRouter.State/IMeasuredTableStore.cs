namespace ServerlessRouter.State;

/// <summary>A store on this machine, which knows how much of it each table takes.</summary>
public interface IMeasuredTableStore : ITableStore
{
    /// <summary>The bytes that the rows of one table take, keys and values.</summary>
    long LiveBytesOf(string table);
}
