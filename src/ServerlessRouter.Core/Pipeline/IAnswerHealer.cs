using ServerlessRouter.Chat;

namespace ServerlessRouter.Pipeline;

/// <summary>Makes of a text that is almost the JSON a request asks for that JSON.</summary>
public interface IAnswerHealer
{
    /// <summary>
    /// The text as the JSON that the request asks for; null where it needs no healing, cannot be healed without guessing, or no JSON is asked for. Time is linear in the text, whatever it is.
    /// </summary>
    /// <param name="request">What was asked.</param>
    /// <param name="text">The answer, decoded, in UTF-8.</param>
    /// <param name="end">How the answer ended.</param>
    /// <param name="wasAskedTo">The caller asks for healing by its plugin, also of an answer that was cut at its length.</param>
    ReadOnlyMemory<byte>? Heal(ChatRequest request, ReadOnlyMemory<byte> text, AnswerEnd end, bool wasAskedTo);
}
