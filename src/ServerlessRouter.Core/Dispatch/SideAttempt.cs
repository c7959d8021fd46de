using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>One call beside a request: who asks, what for, whom, what, and how long it may take.</summary>
internal sealed record SideAttempt(RequestContext Asker, string Purpose, LanguageModel Model, ChatRequest Request, AttemptOperation Operation, TimeSpan Within)
{
    /// <summary>What is left of the asker's own time, where that may be less; a deployment that it cuts short is not to blame.</summary>
    public TimeSpan? TimeLeft { get; init; }
}
