using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Providers.Failures;

/// <summary>Looks for a vendor's words in what the caller sent.</summary>
internal static class RequestWords
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = ChatRequestScanner.MaxDepth };

    /// <summary>Whether a text or a name anywhere in the request holds the words.</summary>
    public static bool Hold(ChatRequest request, VendorWording wording)
    {
        var reader = new Utf8JsonReader(request.Bytes, Options);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && wording.IsIn(VendorText.Plain(TextOf(ref reader))))
                    return true;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a text with broken escapes; where nothing can be said, no deployment is taken out.
            return true;
        }

        return false;
    }

    private static string TextOf(ref Utf8JsonReader reader) => reader.ValueIsEscaped ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
}
