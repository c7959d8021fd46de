using System.Diagnostics;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>How long one attempt may take, and what it failed with where it does not end by itself. Those who never ask for a stream leave out what is about streams.</summary>
internal interface IAttemptTerms
{
    /// <summary>The time until a whole answer, or until a stream has opened.</summary>
    TimeSpan Within { get; }

    /// <summary>That time is over.</summary>
    AttemptFailure TimedOut(AttemptContext attempt);

    /// <summary>The call was cancelled from outside before it ended.</summary>
    AttemptFailure Cancelled(AttemptContext attempt);

    /// <summary>The times of the stream that the attempt has opened.</summary>
    StreamClock ClockOf(AttemptContext attempt) => throw new UnreachableException("a call that wants a whole answer was given a stream");

    /// <summary>Reads the stream until it may be handed on; null then, else why it may not.</summary>
    ValueTask<AttemptFailure?> CommitAsync(AnsweringStream stream) => throw new UnreachableException("a call that wants a whole answer was given a stream");
}
