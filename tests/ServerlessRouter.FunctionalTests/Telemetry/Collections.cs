namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary>Tests that must not run beside each other.</summary>
internal static class Collections
{
    /// <summary>An exporter of spans makes every server of the process begin them.</summary>
    public const string Spans = "spans";
}
