using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ServerlessRouter.Http.Wire;

/// <summary>Answers with a document that a writer puts together.</summary>
internal static class JsonDocumentAnswer
{
    public static ValueTask WriteAsync<T>(HttpContext http, int status, T thing, Action<Utf8JsonWriter, T> write)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        write(writer, thing);
        writer.Flush();
        return JsonAnswer.WriteAsync(http.Response, status, output.WrittenMemory, http.RequestAborted);
    }

    /// <summary>OpenAI's page: <c>object: list, data, first_id, last_id, has_more</c>.</summary>
    public static void WriteList<T>(Utf8JsonWriter writer, ServerlessRouter.Jobs.JobPage<T> page, Func<T, string> idOf, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var entry in page.Entries)
            write(writer, entry);
        writer.WriteEndArray();
        writer.WriteString("first_id"u8, page.Entries.Count == 0 ? null : idOf(page.Entries[0]));
        writer.WriteString("last_id"u8, page.Entries.Count == 0 ? null : idOf(page.Entries[^1]));
        writer.WriteBoolean("has_more"u8, page.HasMore);
        writer.WriteEndObject();
    }

    /// <summary>What is told of a thing that is gone.</summary>
    public static void WriteDeleted(Utf8JsonWriter writer, string id, string kind)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("object"u8, kind);
        writer.WriteBoolean("deleted"u8, true);
        writer.WriteEndObject();
    }

    /// <summary>Seconds since 1970, or null.</summary>
    public static void WriteTime(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is { } known)
            writer.WriteNumber(name, known.ToUnixTimeSeconds());
        else
            writer.WriteNull(name);
    }
}
