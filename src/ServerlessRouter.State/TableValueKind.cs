namespace ServerlessRouter.State;

/// <summary>The property types of Table Storage. The numbers are written to disk: never renumber them.</summary>
public enum TableValueKind
{
    /// <summary>No value: what <c>default</c> is; never stored.</summary>
    None = 0,
    String = 1,
    Boolean = 2,
    Int32 = 3,
    Int64 = 4,
    Double = 5,
    DateTime = 6,
    Guid = 7,
    Binary = 8,
}
