using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Jobs.Services;

/// <summary>A job, or why there is none.</summary>
public sealed record JobResult(Job? Job, RouterError? Error)
{
    public bool TryGet([NotNullWhen(true)] out Job? job, [NotNullWhen(false)] out RouterError? error)
    {
        (job, error) = (Job, Error);
        return job is not null;
    }
}
