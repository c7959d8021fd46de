namespace ServerlessRouter.Pipeline;

/// <summary>The request's headers, without a word of who serves them.</summary>
public interface IRequestHeaders
{
    /// <summary>The value, names compared without case; several values joined by commas; null when there is none.</summary>
    string? Get(string name);
}
