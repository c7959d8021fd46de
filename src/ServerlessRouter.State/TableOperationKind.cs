namespace ServerlessRouter.State;

/// <summary>What a <see cref="TableOperation"/> does to its row.</summary>
public enum TableOperationKind
{
    /// <summary>Writes a row that must not exist.</summary>
    Insert,

    /// <summary>Writes the row whole, whether or not it exists.</summary>
    UpsertReplace,

    /// <summary>Writes the given properties and keeps the others, whether or not the row exists.</summary>
    UpsertMerge,

    /// <summary>Writes a row whole that must exist under an ETag.</summary>
    UpdateReplace,

    /// <summary>Writes the given properties of a row that must exist under an ETag and keeps the others.</summary>
    UpdateMerge,

    /// <summary>Removes a row that must exist under an ETag.</summary>
    Delete,
}
