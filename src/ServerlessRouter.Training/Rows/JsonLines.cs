using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Training.Rows;

/// <summary>Reads JSON Lines files, plain or gzip, into rows; a bad line ends the reading with an error that names it.</summary>
internal static class JsonLines
{
    /// <summary>Turns one object into a row; null with a reason when it cannot.</summary>
    public delegate T? RowParser<T>(JsonElement line, out string reason)
        where T : class;

    public static List<T>? Read<T>(string path, RowParser<T> parse, TextWriter error)
        where T : class
    {
        try
        {
            using var file = File.OpenRead(path);
            using var content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            using var reader = new StreamReader(content);
            return Read(path, reader, parse, error);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            error.WriteLine($"error: cannot read '{path}': {failure.Message}");
            return null;
        }
    }

    private static List<T>? Read<T>(string path, StreamReader reader, RowParser<T> parse, TextWriter error)
        where T : class
    {
        var rows = new List<T>();
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            if (ParseLine(line, parse, out var reason) is not { } row)
            {
                error.WriteLine($"error: {path}, line {number}: {reason}");
                return null;
            }

            rows.Add(row);
        }

        return rows;
    }

    /// <summary>One line as a row; null with a reason when it is no JSON object of the expected shape.</summary>
    public static T? ParseLine<T>(string line, RowParser<T> parse, out string reason)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return parse(document.RootElement, out reason);
            reason = "a JSON object is expected";
        }
        catch (JsonException)
        {
            reason = JsonFault.Find(Encoding.UTF8.GetBytes(line)) is { } fault ? $"not valid JSON: column {fault.Column}: {fault.Message}" : "not valid JSON";
        }

        return null;
    }
}
