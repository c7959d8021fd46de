namespace ServerlessRouter.State.Sqlite;

/// <summary>Where and how a <see cref="SqliteTableStore"/> keeps its database.</summary>
public sealed record SqliteTableStoreOptions
{
    public const int DefaultQueueCapacity = 4096;

    /// <summary>One hour.</summary>
    public static readonly TimeSpan DefaultEraseWithin = TimeSpan.FromHours(1);

    /// <summary>A folder of the store's own; created when missing.</summary>
    public required string Folder { get; init; }

    /// <summary>How soon a row that was deleted is gone from the disk too, where writing the database anew takes less than a hundredth of this time; it also goes when the store is closed. Default: <see cref="DefaultEraseWithin"/>.</summary>
    public TimeSpan EraseWithin { get; init; } = DefaultEraseWithin;

    /// <summary>How many writes may wait for the disk before further writers wait for room. Default: <see cref="DefaultQueueCapacity"/>.</summary>
    public int QueueCapacity { get; init; } = DefaultQueueCapacity;

    /// <summary>Called before each commit, in its transaction: where a test holds the disk up or lets it fail.</summary>
    internal Action? BeforeCommit { get; init; }

    /// <summary>Called before the database is written anew: where a test lets that take long.</summary>
    internal Action? BeforeErasure { get; init; }
}
