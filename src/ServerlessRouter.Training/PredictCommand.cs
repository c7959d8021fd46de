using System.Text;
using System.Text.Json;
using ServerlessRouter.Classification;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training;

/// <summary>`predict`: JSON lines in, JSON lines out in the same order, flushed at the end of the input.</summary>
public static class PredictCommand
{
    private const int FlushBytes = 64 * 1024;

    /// <summary>0 when every line was answered, else 1 with the reason and the line on `error`.</summary>
    public static int Run(PredictOptions options, Stream input, Stream output, TextWriter error, TimeProvider time)
    {
        var predictor = options.WeightsPath is { } path ? WeightsFile.LoadPredictor(path, error) : new ShippedPredictor(TaskClassifier.Shared);
        if (predictor is null)
            return 1;
        try
        {
            return Answer(predictor, input, output, error, time);
        }
        catch (IOException failure)
        {
            error.WriteLine($"error: cannot go on reading or writing: {failure.Message}");
            return 1;
        }
    }

    private static int Answer(IPredictor predictor, Stream input, Stream output, TextWriter error, TimeProvider time)
    {
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
}

/// <summary>What `predict` was asked to do.</summary>
public sealed record PredictOptions
{
    /// <summary>A weights file that `train` wrote; without one the shipped weights answer.</summary>
    public string? WeightsPath { get; init; }
}
