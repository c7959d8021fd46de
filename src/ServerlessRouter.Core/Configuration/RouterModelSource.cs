namespace ServerlessRouter.Configuration;

/// <summary>Holds the model that new requests start on; a request keeps the one it started with.</summary>
public sealed class RouterModelSource(RouterModel initial)
{
    private RouterModel _current = initial;

    /// <summary>Raised after another model became current, on the thread that published it.</summary>
    public event Action<RouterModel>? Changed;

    public RouterModel Current => Volatile.Read(ref _current);

    /// <summary>Makes a model current.</summary>
    public void Publish(RouterModel model)
    {
        Volatile.Write(ref _current, model);
        Changed?.Invoke(model);
    }
}
