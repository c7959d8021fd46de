using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>The problems of an input as bytes of a column.</summary>
internal static class JobProblemsJson
{
    /// <summary>Room is left for one more, whatever it quotes: a column holds 64 KiB.</summary>
    private const int MaxBytes = 44 * 1024;

    private const int MaxTextLength = 1000;

    public static ReadOnlySpan<byte> Write(ImmutableArray<JobProblem> problems)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartArray();
        foreach (var problem in problems)
        {
            if (writer.BytesPending + writer.BytesCommitted > MaxBytes)
                break;
            writer.WriteStartObject();
            writer.WriteString("code"u8, problem.Code);
            writer.WriteString("message"u8, Cut(problem.Message));
            if (problem.Line is { } line)
                writer.WriteNumber("line"u8, line);
            if (problem.Param is { } param)
                writer.WriteString("param"u8, Cut(param));
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

    private static ReadOnlySpan<char> Cut(string text) =>
        text.Length <= MaxTextLength ? text : text.AsSpan(0, char.IsHighSurrogate(text[MaxTextLength - 1]) ? MaxTextLength - 1 : MaxTextLength);
}
