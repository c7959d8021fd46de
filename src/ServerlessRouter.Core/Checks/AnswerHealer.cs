using ServerlessRouter.Chat;
using ServerlessRouter.Checks.Healing;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Heals answers to requests with a <c>response_format</c> of JSON.</summary>
internal sealed class AnswerHealer : IAnswerHealer
{
    public ReadOnlyMemory<byte>? Heal(ChatRequest request, ReadOnlyMemory<byte> text, AnswerEnd end, bool wasAskedTo)
    {
        using var asked = AskedJson.Of(request);
        // What is JSON is never changed, even where it is not what was asked for.
        if (asked is null || JsonValidity.IsValid(text.Span, ChatRequestScanner.MaxDepth))
            return null;
        var open = end switch
        {
            AnswerEnd.Whole => OpenEnd.Closed,
            AnswerEnd.CutAtLength when wasAskedTo => OpenEnd.ClosedAsCut,
            _ => OpenEnd.Refused,
        };
        if (JsonSearch.Find(text, open, value => asked.Complaint(value) is null) is { } healed)
            return healed;
        return null;
    }
}
