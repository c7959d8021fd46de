namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary>Tests that must not run beside each other.</summary>
internal static class Collections
{
    /// <summary>A listener to spans makes every router and server of the process record them, and an exporter sends what is recorded.</summary>
    public const string Spans = "spans";
}
