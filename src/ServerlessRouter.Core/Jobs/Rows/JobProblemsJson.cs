using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>The problems of an input as bytes of a column.</summary>
internal static class JobProblemsJson
{
    public static ReadOnlySpan<byte> Write(ImmutableArray<JobProblem> problems)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartArray();
        foreach (var problem in problems)
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, problem.Code);
            writer.WriteString("message"u8, problem.Message);
            if (problem.Line is { } line)
                writer.WriteNumber("line"u8, line);
            if (problem.Param is { } param)
                writer.WriteString("param"u8, param);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        return output.WrittenSpan;
    }

    public static ImmutableArray<JobProblem> Read(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
            return [];
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(Read)];
    }

    private static JobProblem Read(JsonElement problem) => new(
        problem.GetProperty("code"u8).GetString()!,
        problem.GetProperty("message"u8).GetString()!,
        problem.TryGetProperty("line"u8, out var line) ? line.GetInt32() : null,
        problem.TryGetProperty("param"u8, out var param) ? param.GetString() : null);
}
