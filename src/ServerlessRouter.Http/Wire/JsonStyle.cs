using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServerlessRouter.Http.Wire;

/// <summary>How this project writes JSON.</summary>
internal static class JsonStyle
{
    /// <summary>Quotes and letters of every language stay readable: the text is JSON, never part of a page.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
