using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http;

/// <summary>A context, or what is wrong with the request.</summary>
internal readonly struct ChatContextResult(RequestContext? context, RouterError? error)
{
    public bool TryGet([NotNullWhen(true)] out RequestContext? found, [NotNullWhen(false)] out RouterError? problem)
    {
        (found, problem) = (context, error);
        return context is not null;
    }
}
