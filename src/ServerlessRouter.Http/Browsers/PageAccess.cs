namespace ServerlessRouter.Http.Browsers;

/// <summary>What web pages may do with an endpoint.</summary>
internal enum PageAccess
{
    /// <summary>It tells and costs nothing: every client that reaches it may ask.</summary>
    Anyone,

    /// <summary>Pages may call it with a caller's key, and of this machine without one while there are none.</summary>
    Callers,

    /// <summary>No page may read what it answers.</summary>
    Admin,
}
