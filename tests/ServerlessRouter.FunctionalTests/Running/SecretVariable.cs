namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>A secret in an environment variable of its own, for as long as a test needs it.</summary>
internal sealed class SecretVariable : IDisposable
{
    private static int s_count;
    private readonly string _name = $"ROUTER_TEST_SECRET_{Interlocked.Increment(ref s_count)}";

    private readonly string _value;

    public SecretVariable(string value)
    {
        _value = value;
        Restore();
    }

    /// <summary>What a configuration says instead of the secret.</summary>
    public string Reference => $"env:{_name}";

    /// <summary>Sets it again after <see cref="Dispose"/>.</summary>
    public void Restore() => Environment.SetEnvironmentVariable(_name, _value);

    public void Dispose() => Environment.SetEnvironmentVariable(_name, null);
}
