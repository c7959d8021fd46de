using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// Makes images and documents of data URLs and addresses. What the data is decides, not the label: a type is spelled in many ways (<c>image/jpg</c>, upper case, with parameters), and often it is wrong.
/// </summary>
internal static class MediaReader
{
    private const string DataScheme = "data:";
    private const string Pdf = "application/pdf";
    private const string Empty = "(empty)";

    /// <summary>What the vendor takes, for messages.</summary>
    private const string Accepted = "PNG, JPEG, GIF and WebP images, PDF files and text are";

    private static readonly SearchValues<char> OtherAlphabet = SearchValues.Create("-_ \t\r\n");

    /// <summary>The block; null where it cannot go up.</summary>
    /// <param name="url">A data URL, an https address, or bare base64.</param>
    /// <param name="isImage">The part is one for images; it decides for an address.</param>
    /// <param name="fileName">The file's name, where the caller gave one.</param>
    /// <param name="refusal">Why it cannot go up, in words for the caller.</param>
    public static AnthropicBlock.Media? Read(string url, bool isImage, string? fileName, out string? refusal)
    {
        url = url.Trim();
        if (url.StartsWith(DataScheme, StringComparison.OrdinalIgnoreCase))
            return ReadData(url.AsSpan(DataScheme.Length), fileName, out refusal);
        if (url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            return ReadAddress(url, isImage, fileName, out refusal);
        if (!url.Contains(':', StringComparison.Ordinal) && Clean(url) is { } base64)
            return OfType(TypeOf(base64, "", fileName), base64, fileName, out refusal);
        refusal = url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            ? "Anthropic's API fetches https addresses only; use https, or send the data as a base64 data URL."
            : "An image or file must be a base64 data URL or an https address.";
        return null;
    }

    private static AnthropicBlock.Media ReadAddress(string url, bool isImage, string? fileName, out string? refusal)
    {
        refusal = null;
        var path = Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.AbsolutePath : "";
        var isDocument = path.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase) || (!isImage && !IsImageName(path));
        return new AnthropicBlock.Media(isDocument ? "document" : "image", new MediaSource("url", null, url)) { Title = isDocument ? fileName : null };
    }

    private static AnthropicBlock.Media? ReadData(ReadOnlySpan<char> url, string? fileName, out string? refusal)
    {
        var comma = url.IndexOf(',');
        if (comma < 0)
        {
            refusal = "A data URL has no comma before its data.";
            return null;
        }

        var (type, charset, isBase64) = ReadHeader(url[..comma]);
        var data = url[(comma + 1)..].ToString();
        if (!isBase64)
            return OfType(type.Length == 0 ? "text/plain" : type, Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(data))), fileName, out refusal);
        if (Clean(data) is { } base64)
            return OfType(TypeOf(base64, type, fileName), base64, fileName, out refusal, charset);
        refusal = "The data of a data URL is not base64.";
        return null;
    }

    private static (string Type, string? Charset, bool IsBase64) ReadHeader(ReadOnlySpan<char> header)
    {
        const string Charset = "charset=";
        var type = "";
        string? charset = null;
        var isBase64 = false;
        var isFirst = true;
        foreach (var range in header.Split(';'))
        {
            var part = header[range].Trim();
            if (isFirst)
                type = part.ToString().ToLowerInvariant();
            else if (part.Equals("base64", StringComparison.OrdinalIgnoreCase))
                isBase64 = true;
            else if (part.StartsWith(Charset, StringComparison.OrdinalIgnoreCase))
                charset = part[Charset.Length..].Trim('"').ToString();
            isFirst = false;
        }

        return (type, charset, isBase64);
    }

    /// <summary>Base64 as the vendor takes it: without white space, with the usual alphabet and padding; null when it is none.</summary>
    private static string? Clean(string data)
    {
        if (data.Contains('%', StringComparison.Ordinal))
            data = Uri.UnescapeDataString(data);
        if (data.AsSpan().ContainsAny(OtherAlphabet) || data.Length % 4 != 0)
        {
            var clean = new StringBuilder(data.Length + 2);
            foreach (var character in data)
            {
                if (!char.IsWhiteSpace(character))
                    clean.Append(character switch { '-' => '+', '_' => '/', _ => character });
            }

            while (clean.Length % 4 is 2 or 3)
                clean.Append('=');
            data = clean.ToString();
        }

        return data.Length > 0 && Base64.IsValid(data) ? data : null;
    }

    /// <summary>By the first bytes, else by the label, else by the file's name.</summary>
    private static string TypeOf(string base64, string label, string? fileName)
    {
        ReadOnlySpan<(string Start, string Type)> known =
            [("iVBORw0KGgo", "image/png"), ("/9j/", "image/jpeg"), ("R0lGOD", "image/gif"), ("UklGR", "image/webp"), ("JVBERi0", Pdf)];
        foreach (var (start, type) in known)
        {
            // A sound in RIFF begins as a WebP image does.
            if (base64.StartsWith(start, StringComparison.Ordinal) && (type != "image/webp" || !label.StartsWith("audio/", StringComparison.Ordinal)))
                return type;
        }

        return label switch
        {
            "image/jpg" or "image/pjpeg" => "image/jpeg",
            "image/x-png" => "image/png",
            "application/x-pdf" => Pdf,
            "" or "application/octet-stream" or "binary/octet-stream" => TypeOfName(fileName),
            _ => label,
        };
    }

    private static string TypeOfName(string? fileName) => Path.GetExtension(fileName)?.ToLowerInvariant() switch
    {
        ".pdf" => Pdf,
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".gif" => "image/gif",
        ".webp" => "image/webp",
        ".txt" or ".md" or ".csv" or ".json" or ".xml" or ".yaml" or ".yml" or ".html" or ".log" => "text/plain",
        _ => "",
    };

    private static bool IsImageName(string path) => TypeOfName(path).StartsWith("image/", StringComparison.Ordinal);

    private static bool IsText(string type) =>
        type.StartsWith("text/", StringComparison.Ordinal) || type.EndsWith("+json", StringComparison.Ordinal) || (type.EndsWith("+xml", StringComparison.Ordinal) && !type.StartsWith("image/", StringComparison.Ordinal))
        || type is "application/json" or "application/xml" or "application/yaml" or "application/x-yaml" or "application/x-ndjson" or "application/javascript" or "application/csv" or "application/toml";

    private static AnthropicBlock.Media? OfType(string type, string base64, string? fileName, out string? refusal, string? charset = null)
    {
        refusal = null;
        switch (type)
        {
            case "image/png" or "image/jpeg" or "image/gif" or "image/webp":
                return new AnthropicBlock.Media("image", new MediaSource("base64", type, base64));
            case Pdf:
                return new AnthropicBlock.Media("document", new MediaSource("base64", type, base64)) { Title = fileName };
        }

        if (IsText(type))
        {
            if (EncodingOf(charset) is { } encoding)
                return new AnthropicBlock.Media("document", new MediaSource("text", "text/plain", Decode(base64, encoding))) { Title = fileName };
            refusal = $"The charset '{charset}' is not known; send the text as UTF-8.";
            return null;
        }

        refusal = type.Length == 0
            ? $"An image or file does not say its type; send it as a data URL with one. {Accepted} taken by Anthropic's API."
            : $"Anthropic's API takes nothing of the type '{type}': {Accepted} taken.";
        return null;
    }

    private static Encoding? EncodingOf(string? charset)
    {
        try
        {
            return charset is null or "" ? Encoding.UTF8 : Encoding.GetEncoding(charset);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string Decode(string base64, Encoding encoding)
    {
        var text = encoding.GetString(Convert.FromBase64String(base64));
        text = text.StartsWith('\uFEFF') ? text[1..] : text;
        // The vendor refuses a document without a text.
        return string.IsNullOrWhiteSpace(text) ? Empty : text;
    }
}
