namespace ServerlessRouter.Testing.Upstreams;

/// <summary>A call from its arrival until its books are written.</summary>
internal sealed class UpstreamCall
{
    public bool IsAnswered { get; set; }
}
