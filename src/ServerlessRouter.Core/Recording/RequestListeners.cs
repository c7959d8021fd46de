using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording;

/// <summary>Tells each of two listeners.</summary>
internal sealed class RequestListeners(IRequestListener first, IRequestListener second) : IRequestListener
{
    public void OnSettled(RequestContext context)
    {
        first.OnSettled(context);
        second.OnSettled(context);
    }
}
