using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http;

/// <summary>A context, or what is wrong with the request. Disposed when the request has been answered, it gives the body's memory back.</summary>
internal readonly struct ChatContextResult(RequestContext? context, BodyLease lease, RouterError? error) : IDisposable
{
    public bool TryGet([NotNullWhen(true)] out RequestContext? found, [NotNullWhen(false)] out RouterError? problem)
    {
        (found, problem) = (context, error);
        return context is not null;
    }

    public void Dispose()
    {
        context?.Request.Dispose();
        lease.Dispose();
    }
}
