using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Makes of an error what its request would have been answered with.</summary>
internal static class ItemRefusal
{
    /// <summary>As callers of the job's path are told of errors, in status and body.</summary>
    public static ItemAnswer Of(Job job, JobItem item, RouterError error)
    {
        if (JobEndpoints.DoorOf(job.Endpoint) is not { } door)
            return Of(error);
        // What the vendor said goes into a line of JSON, whatever it is.
        var told = error.Refusal is { } refusal && !IsJson(refusal.Body.Span) ? error with { Refusal = null } : error;
        var output = new ArrayBufferWriter<byte>(512);
        door.WriteError(door.InOwnWords(told), ItemRun.NameOf(item), output);
        return new ItemAnswer { Status = door.StatusOf(error), Body = output.WrittenMemory, Error = error };
    }

    /// <summary>In OpenAI's form: the vendor's own words where it refused, else ours.</summary>
    public static ItemAnswer Of(RouterError error) => new() { Status = error.Status, Body = BodyOf(error), Error = error };

    private static ReadOnlyMemory<byte> BodyOf(RouterError error)
    {
        if (error.Refusal is { Body.IsEmpty: false } refusal && IsJson(refusal.Body.Span))
            return refusal.Body.ToArray();
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        RouterErrorJson.WriteMember(writer, error);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }

    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                // To its end: what is cut short is no JSON.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
