namespace ServerlessRouter.State.Embedded;

/// <summary>When a write counts as done.</summary>
public enum JournalDurability
{
    /// <summary>Once the disk has it: survives a power loss. Writes that wait at the same time share one flush.</summary>
    Disk,

    /// <summary>Once the operating system has it: survives the end of the process, <c>kill -9</c> included, but a power loss may take the last seconds.</summary>
    OperatingSystem,
}
