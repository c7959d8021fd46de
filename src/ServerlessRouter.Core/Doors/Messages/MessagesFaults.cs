using System.Text.Json;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Takes what is wrong with a request, in the words of Anthropic's API: where it stands, a colon, and what should stand there. The first fault is told.</summary>
internal sealed class MessagesFaults
{
    public const string Required = "Field required";
    public const string NotText = "Input should be a valid string";
    public const string NotList = "Input should be a valid list";
    public const string NotObject = "Input should be an object";
    public const string NotCount = "Input should be a valid integer";
    public const string NotNumber = "Input should be a valid number";
    public const string NotFlag = "Input should be a valid boolean";

    public RouterError? First { get; private set; }

    public void Add(string place, string fault) => First ??= RouterError.InvalidRequest($"{place}: {fault}", place);

    /// <summary>False, with a fault, when the value is missing or of another kind.</summary>
    public bool Expect(JsonElement value, JsonValueKind kind, string place)
    {
        if (value.ValueKind == kind)
            return true;
        Add(place, value.ValueKind == JsonValueKind.Undefined ? Required : WordsFor(kind));
        return false;
    }

    /// <summary>False when the value says nothing, and with a fault when it is of another kind.</summary>
    public bool ExpectIfSent(JsonElement value, JsonValueKind kind, string place) => ElementJson.IsSent(value) && Expect(value, kind, place);

    private static string WordsFor(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => NotText,
        JsonValueKind.Array => NotList,
        JsonValueKind.Number => NotNumber,
        JsonValueKind.True or JsonValueKind.False => NotFlag,
        _ => NotObject,
    };
}

/// <summary>Where a content block stands; written out only where there is a fault.</summary>
/// <param name="Message">Place of the message; -1 for the system prompt.</param>
/// <param name="Block">Place of the block in it; -1 for the content itself.</param>
/// <param name="Inner">Place in the content of a tool's result; -1 outside of one.</param>
internal readonly record struct BlockPlace(int Message, int Block = -1, int Inner = -1)
{
    public override string ToString()
    {
        var home = Message < 0 ? "system" : $"messages.{Message}.content";
        return Block < 0 ? home : Inner < 0 ? $"{home}.{Block}" : $"{home}.{Block}.content.{Inner}";
    }

    /// <summary>The place of a member of the block.</summary>
    public string Of(string member) => $"{this}.{member}";
}
