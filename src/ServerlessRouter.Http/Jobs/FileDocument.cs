using System.Text.Json;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>A file as OpenAI describes it.</summary>
internal static class FileDocument
{
    public const string Kind = "file";

    public static void Write(Utf8JsonWriter writer, JobFile file)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, file.Id);
        writer.WriteString("object"u8, Kind);
        writer.WriteNumber("bytes"u8, file.Bytes);
        writer.WriteTime("created_at"u8, file.CreatedAt);
        writer.WriteTime("expires_at"u8, file.ExpiresAt);
        writer.WriteString("filename"u8, file.FileName);
        writer.WriteString("purpose"u8, file.Purpose);
        writer.WriteString("status"u8, "processed"u8);
        writer.WriteNull("status_details"u8);
        writer.WriteEndObject();
    }
}
