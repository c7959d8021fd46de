using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Sources and images of a chat answer as responses have them.</summary>
internal static class ResponseAnnotation
{
    /// <summary><c>{type, url_citation: {…}}</c> is flat in a response; anything else stays.</summary>
    public static byte[] Of(ReadOnlySpan<byte> annotation)
    {
        var inside = JsonMemberReader.Find(annotation, "url_citation"u8);
        if (inside.IsEmpty || annotation[inside.Start] != '{')
            return annotation.ToArray();
        var members = inside.In(annotation)[1..].TrimStart(" \n\r\t"u8);
        return members[0] == '}' ? [.. "{\"type\":\"url_citation\"}"u8] : [.. "{\"type\":\"url_citation\","u8, .. members];
    }

    /// <summary>The base64 of an image that came as a data URL, as the inside of a JSON string; empty for one that did not.</summary>
    public static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> image)
    {
        var inside = JsonMemberReader.Find(image, "image_url"u8).In(image);
        if (inside is not [(byte)'{', ..])
            return default;
        var url = JsonMemberReader.Find(inside, "url"u8).In(inside);
        if (url is not [(byte)'"', .., (byte)'"'] || !url[1..].StartsWith("data:"u8))
            return default;
        var comma = url.IndexOf((byte)',');
        return comma < 0 ? default : url[(comma + 1)..^1];
    }
}
