namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>A secret in an environment variable of its own, for as long as a test needs it.</summary>
internal sealed class SecretVariable : IDisposable
{
    private static int s_count;
    private readonly string _name = $"ROUTER_TEST_SECRET_{Interlocked.Increment(ref s_count)}";

    public SecretVariable(string value) => Environment.SetEnvironmentVariable(_name, value);

    /// <summary>What a configuration says instead of the secret.</summary>
    public string Reference => $"env:{_name}";

    public void Dispose() => Environment.SetEnvironmentVariable(_name, null);
}
