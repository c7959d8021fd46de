namespace ServerlessRouter.State.Embedded;

/// <summary>Where and how an <see cref="EmbeddedTableStore"/> keeps its journal.</summary>
public sealed record EmbeddedTableStoreOptions
{
    public const JournalDurability DefaultDurability = JournalDurability.Disk;
    public const long DefaultCompactionMinimumBytes = 16 * 1024 * 1024;
    public const double DefaultCompactionRatio = 2;
    public const int DefaultQueueCapacity = 4096;

    /// <summary>One hour.</summary>
    public static readonly TimeSpan DefaultEraseWithin = TimeSpan.FromHours(1);

    /// <summary>A folder of the store's own; created when missing.</summary>
    public required string Folder { get; init; }

    /// <summary>When a write counts as done. Default: <see cref="DefaultDurability"/>.</summary>
    public JournalDurability Durability { get; init; } = DefaultDurability;

    /// <summary>A journal up to this size is never compacted. Default: <see cref="DefaultCompactionMinimumBytes"/>.</summary>
    public long CompactionMinimumBytes { get; init; } = DefaultCompactionMinimumBytes;

    /// <summary>
    /// Compacts once the journal is above the minimum, above this many times the live rows (as Table Storage counts them), and above this many times what
    /// the last compaction left. Default: <see cref="DefaultCompactionRatio"/>.
    /// </summary>
    public double CompactionRatio { get; init; } = DefaultCompactionRatio;

    /// <summary>How soon a row that was deleted is gone from the disk too: the journal is compacted by then, and when the store is closed. Default: <see cref="DefaultEraseWithin"/>.</summary>
    public TimeSpan EraseWithin { get; init; } = DefaultEraseWithin;

    /// <summary>How many writes may wait for the disk before further writers wait for room. Default: <see cref="DefaultQueueCapacity"/>.</summary>
    public int QueueCapacity { get; init; } = DefaultQueueCapacity;
}
