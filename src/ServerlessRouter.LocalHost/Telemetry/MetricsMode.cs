namespace ServerlessRouter.LocalHost.Telemetry;

/// <summary>What <c>--metrics</c> says: whether there is a page <c>/metrics</c>, and from when on it is counted for it.</summary>
public enum MetricsMode
{
    /// <summary>From the first look at the page on: a router at which nothing looks pays nothing.</summary>
    Auto,

    /// <summary>From the start.</summary>
    On,

    /// <summary>There is no page.</summary>
    Off,
}
