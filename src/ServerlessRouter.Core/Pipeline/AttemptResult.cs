using ServerlessRouter.Chat;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Pipeline;

/// <summary>What an attempt has come to so far: exactly one of the three.</summary>
public readonly struct AttemptResult
{
    private readonly object _value;

    private AttemptResult(object value) => _value = value;

    /// <summary>It failed before any content.</summary>
    public AttemptFailure? Failure => _value as AttemptFailure;

    /// <summary>The vendor answered in one piece.</summary>
    public ChatAnswer? Answer => _value as ChatAnswer;

    /// <summary>The vendor has begun to answer; nothing is read yet.</summary>
    public ChatStream? Stream => _value as ChatStream;

    public static implicit operator AttemptResult(AttemptFailure failure) => new(failure);

    public static implicit operator AttemptResult(ChatAnswer answer) => new(answer);

    public static implicit operator AttemptResult(ChatStream stream) => new(stream);
}
