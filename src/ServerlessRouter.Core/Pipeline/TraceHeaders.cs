namespace ServerlessRouter.Pipeline;

/// <summary>The headers of W3C Trace Context, by which the spans of caller, router and vendor make one trace.</summary>
public static class TraceHeaders
{
    public const string Parent = "traceparent";
    public const string State = "tracestate";
}
