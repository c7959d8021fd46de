using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Caching;

/// <summary>Tells the usual answer, one choice with a text that came to its proper end, without taking it apart: what is kept is most often that.</summary>
internal static class UsualAnswer
{
    private const int QuotesLength = 2;

    /// <summary>Whether it is one and may be given again. False for every other answer, whole or not.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> body)
    {
        try
        {
            var (choices, isKnown) = (0, false);
            var members = new JsonMemberReader(body);
            while (members.Read())
            {
                if (HasEscape(members.Name))
                    return false;
                if (!members.Is("choices"u8))
                    continue;
                choices++;
                isKnown = members.Kind == JsonTokenType.StartArray && IsOneWholeChoice(members.Value.In(body));
            }

            return isKnown && choices == 1 && members.IsAtEnd();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsOneWholeChoice(ReadOnlySpan<byte> choices)
    {
        var items = new JsonItemReader(choices);
        return items.Read() && items.Kind == JsonTokenType.StartObject && IsWholeChoice(items.Value) && !items.Read();
    }

    private static bool IsWholeChoice(ReadOnlySpan<byte> choice)
    {
        var (saysSomething, isEnded, known) = (false, false, 0);
        var members = new JsonMemberReader(choice);
        while (members.Read())
        {
            var value = members.Value.In(choice);
            if (HasEscape(members.Name) || (members.Is("index"u8) && !value.SequenceEqual("0"u8)))
                return false;
            if (members.Is("message"u8))
                (saysSomething, known) = (members.Kind == JsonTokenType.StartObject && HasText(value), known + 1);
            else if (members.Is("finish_reason"u8))
                (isEnded, known) = (members.Kind == JsonTokenType.String && IsProperEnd(value[1..^1]), known + 1);
        }

        return saysSomething && isEnded && known == 2;
    }

    private static bool HasText(ReadOnlySpan<byte> message)
    {
        var (hasText, known) = (false, 0);
        var members = new JsonMemberReader(message);
        while (members.Read())
        {
            if (HasEscape(members.Name))
                return false;
            if (members.Is("content"u8))
                (hasText, known) = (members.Kind == JsonTokenType.String && members.Value.Length > QuotesLength, known + 1);
        }

        return hasText && known == 1;
    }

    private static bool IsProperEnd(ReadOnlySpan<byte> reason) => reason.SequenceEqual("stop"u8) || reason.SequenceEqual("length"u8);

    /// <summary>A name that is written with escapes may be any.</summary>
    private static bool HasEscape(ReadOnlySpan<byte> name) => name.Contains((byte)'\\');
}
