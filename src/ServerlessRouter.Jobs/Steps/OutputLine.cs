using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Writes a line of an output or error file as OpenAI does; a function of the settled item alone.</summary>
internal static class OutputLine
{
    private static readonly JsonWriterOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Of(JobItem item, byte[]? result)
    {
        var output = new ArrayBufferWriter<byte>((result?.Length ?? 0) + 256);
        using var writer = new Utf8JsonWriter(output, Style);
        writer.WriteStartObject();
        writer.WriteString("id"u8, $"batch_req_{ItemRun.NameOf(item)}");
        writer.WriteString("custom_id"u8, item.CustomId);
        if (result is null)
        {
            writer.WriteNull("response"u8);
            WriteError(writer, item.State);
        }
        else
        {
            WriteResponse(writer, item, result);
            writer.WriteNull("error"u8);
        }

        writer.WriteEndObject();
        writer.Flush();
        output.Write("\n"u8);
        return output.WrittenMemory;
    }

    private static void WriteResponse(Utf8JsonWriter writer, JobItem item, byte[] result)
    {
        writer.WriteStartObject("response"u8);
        writer.WriteNumber("status_code"u8, item.StatusCode);
        writer.WriteString("request_id"u8, ItemRun.NameOf(item));
        writer.WritePropertyName("body"u8);
        // Line ends in JSON stand only between tokens, and a line of the file ends where the next begins.
        result.AsSpan().Replace((byte)'\n', (byte)' ');
        result.AsSpan().Replace((byte)'\r', (byte)' ');
        writer.WriteRawValue(result, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter writer, ItemState state)
    {
        var (code, message) = state switch
        {
            ItemState.Expired => ("batch_expired", "This request was not run, because the completion window had passed."),
            ItemState.Cancelled => ("batch_cancelled", "This request was not run, because the batch was cancelled."),
            ItemState.Pending or ItemState.Running or ItemState.Done or ItemState.Failed => ("result_missing", "The result of this request is no longer there."),
        };
        writer.WriteStartObject("error"u8);
        writer.WriteString("code"u8, code);
        writer.WriteString("message"u8, message);
        writer.WriteEndObject();
    }
}
