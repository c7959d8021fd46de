using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>When an item that failed is tried again.</summary>
internal sealed class TrySchedule(JobOptions options, TimeProvider time, IRandomSource random)
{
    /// <summary>When another try can help and is worth it; null when the item ends with what it has.</summary>
    /// <param name="job">The item's job.</param>
    /// <param name="tries">Tries that were made.</param>
    /// <param name="error">What the last one ended with.</param>
    /// <param name="retryAfter">How long the vendors asked to wait.</param>
    public DateTimeOffset? NextTryAt(Job job, int tries, RouterErrorCode error, TimeSpan? retryAfter)
    {
        if (!RouterErrorTraits.Of(error).CanHelpToRetry || tries >= options.MaxTries)
            return null;
        var backoff = options.FirstBackoff * Math.Pow(2, tries - 1) * (0.75 + (random.NextDouble() / 2));
        var wait = backoff < options.MaxBackoff ? backoff : options.MaxBackoff;
        if (retryAfter > wait)
            wait = retryAfter.Value;
        var at = time.GetUtcNow() + wait;
        return at < job.ExpiresAt ? at : null;
    }

    /// <summary>When a try that one of the router's own limits kept from being made is made, which counts as none; null where the job's window has passed by then.</summary>
    /// <param name="job">The item's job.</param>
    /// <param name="wait">When the limit lets requests through again.</param>
    public DateTimeOffset? ThrottledUntil(Job job, TimeSpan? wait)
    {
        // Many items wait for the same limit: they come back one after the other.
        var at = time.GetUtcNow() + ((wait ?? options.FirstBackoff) * (1 + (random.NextDouble() / 4)));
        return at < job.ExpiresAt ? at : null;
    }
}
