using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Classification.Learning;

/// <summary>`predict`: JSON lines in, JSON lines out in the same order, flushed at the end of the input.</summary>
public static class PredictCommand
{
    private const int FlushBytes = 64 * 1024;

    /// <summary>0 when every line was answered, else 1 with the reason and the line on `error`.</summary>
    public static int Run(PredictOptions options, Stream input, Stream output, TextWriter error, TimeProvider time)
    {
        if (LoadPredictor(options.WeightsPath, error) is not { } predictor)
            return 1;
        using var reader = new StreamReader(input, new UTF8Encoding(false), false, FlushBytes, leaveOpen: true);
        using var buffer = new MemoryStream();
        using var writer = new Utf8JsonWriter(buffer);
        var result = 0;
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            if (JsonLines.ParseLine(line, PredictionRow.Parse, out var reason) is not { } row)
            {
                error.WriteLine($"error: line {number}: {reason}");
                result = 1;
                break;
            }

            writer.Reset(buffer);
            writer.WriteStartObject();
            writer.WriteString("id", row.Id);
            predictor.Write(writer, row, time);
            writer.WriteEndObject();
            writer.Flush();
            buffer.WriteByte((byte)'\n');
            if (buffer.Length >= FlushBytes)
                Drain(buffer, output);
        }

        Drain(buffer, output);
        output.Flush();
        return result;
    }

    private static void Drain(MemoryStream buffer, Stream output)
    {
        buffer.WriteTo(output);
        buffer.SetLength(0);
    }

    private static IPredictor? LoadPredictor(string? path, TextWriter error)
    {
        if (path is null)
            return new ShippedPredictor(TaskClassifier.Shared);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            if (!root.TryGetProperty("version", out var version) || version.GetInt32() != WeightsFormat.Version)
                throw new InvalidDataException($"it is not of version {WeightsFormat.Version}; train it again");
            return root.GetProperty("kind").GetString() switch
            {
                WeightsFormat.Labels => new LabelPredictor(LabelModelJson.Read(root)),
                WeightsFormat.Outcomes => new OutcomePredictor(OutcomeModelJson.Read(root)),
                WeightsFormat.Answers => new AnswerPredictor(AnswerModelJson.Read(root)),
                var other => throw new InvalidDataException($"its kind '{other}' is unknown"),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or JsonException
            or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            error.WriteLine($"error: cannot use the weights '{path}': {failure.Message}");
            return null;
        }
    }
}
