namespace ServerlessRouter.Pipeline;

/// <summary>Lets a stage ask a small model something about a request: one bounded call through the same providers, metered with the request it is made for.</summary>
public interface ISideCalls
{
    /// <summary>
    /// Asks once, on one deployment, without retry. Whatever goes wrong is a value; throws only when <paramref name="cancellationToken"/>, the caller's own, fires. A request's
    /// demands on providers (<c>provider</c>, regions, data rules) hold for what is asked about it too.
    /// </summary>
    ValueTask<SideCallResult> AskAsync(SideCall call, CancellationToken cancellationToken);
}
