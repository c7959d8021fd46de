namespace ServerlessRouter.State;

/// <summary>The ETag that is not one row's: the wildcard condition.</summary>
public static class TableETag
{
    /// <summary>Matches any version of a row that exists.</summary>
    public const string Any = "*";
}
