namespace ServerlessRouter.Configuration;

/// <summary>Holds the model that new requests start on; a request keeps the one it started with.</summary>
public sealed class RouterModelSource(RouterModel initial)
{
    private RouterModel _current = initial;
    private IKeyRing? _ring;
    private IOwnerKey? _ownerKey;

    /// <summary>Raised after another model became current, on the thread that published it.</summary>
    public event Action<RouterModel>? Changed;

    public RouterModel Current => Volatile.Read(ref _current);

    /// <summary>Lets this model and every later one know the keys of a ring.</summary>
    public void Use(IKeyRing ring)
    {
        _ring = ring;
        Current.KeyRing = ring;
    }

    /// <summary>Lets this model and every later one know the owner's key, to tell who sends it by mistake.</summary>
    public void Use(IOwnerKey key)
    {
        _ownerKey = key;
        Current.OwnerKey = key;
    }

    /// <summary>Makes a model current.</summary>
    public void Publish(RouterModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (_ring is { } ring)
            model.KeyRing = ring;
        if (_ownerKey is { } key)
            model.OwnerKey = key;
        Volatile.Write(ref _current, model);
        Changed?.Invoke(model);
    }
}
