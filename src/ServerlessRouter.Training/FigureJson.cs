using System.Buffers;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Training.Evaluation;

namespace ServerlessRouter.Training;

/// <summary>Figures for programs. What is no finite number is null.</summary>
internal static class FigureJson
{
    public static string Of(EvaluateOptions options, int rows, IReadOnlyList<EvaluationFigure> figures)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("rows", rows);
            if (options.WeightsPath is null)
            {
                writer.WriteNumber("folds", options.Folds);
                writer.WriteNumber("seed", options.Seed);
            }

            writer.WriteStartArray("figures");
            foreach (var figure in figures)
                Write(writer, figure);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, EvaluationFigure figure)
    {
        writer.WriteStartObject();
        writer.WriteString("set", figure.Set);
        writer.WriteString("metric", figure.Metric);
        writer.WriteString("unit", figure.Unit == FigureUnit.Percent ? "percent" : "ratio");
        writer.WriteBoolean("lower_is_better", figure.IsBetterLower);
        Write(writer, "result", figure.Result);
        Write(writer, "random", figure.Random);
        Write(writer, "length", figure.Length);
        Write(writer, "oracle", figure.Oracle);
        Write(writer, "deviation", figure.Deviation);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumber(name, value);
        else
            writer.WriteNull(name);
    }
}
