using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>Reads single values of a request that routing acts on; the scanner has checked that they are JSON.</summary>
internal static class RequestJson
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = ChatRequestScanner.MaxDepth };

    /// <summary>A reader that stands on the first token of the member's value.</summary>
    public static Utf8JsonReader ReadValue(ChatRequest request, in JsonMember member)
    {
        var reader = new Utf8JsonReader(member.Value.In(request.Bytes), Options);
        reader.Read();
        return reader;
    }
}
