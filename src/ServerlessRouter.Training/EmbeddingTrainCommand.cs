using System.Globalization;
using ServerlessRouter.Classification;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Training.Evaluation;
using ServerlessRouter.Training.Learning;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training;

/// <summary>`train --labels ROWS --embeddings CONFIG`: learns to tell tasks from vectors that the configured model makes of the rows.</summary>
public static class EmbeddingTrainCommand
{
    private const int MinUnsureReported = 20;

    /// <summary>The report goes to `output`, progress and errors to `error`; 0 when the weights were written, else 1.</summary>
    public static async Task<int> RunAsync(
        TrainOptions options, RouterModel router, IEmbeddingSource source, TextWriter output, TextWriter error, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!WeightsFile.IsWritable(options.OutputPath, error))
            return 1;
        if (router.Embeddings is not { } settings)
            return Refuse(error, "the configuration has no classification.embeddings, which says whom to ask for vectors");
        if (JsonLines.Read(options.InputPath, TrainingRows.ParseLabel, error) is not { } rows)
            return 1;
        if ((Objection(rows) ?? TrainingAudit.ObjectionTo(rows, error)) is { } objection)
            return Refuse(error, objection);

        var asking = new RowVectors(router, source, error, time);
        if (await asking.AskAsync(rows, error, cancellationToken).ConfigureAwait(false) is not { } vectors)
            return 1;
        var examples = rows.Select((row, place) => Example(row, vectors[place], settings.BelowConfidence)).ToList();
        var training = EmbeddingTrainer.Train(examples, settings.Model.Name, error);
        if (!WeightsFile.Save(options.OutputPath, file => EmbeddingHeadJson.Write(file, training.Head), error))
            return 1;
        output.WriteLine(FigureTable.Of(Figures(examples, training)));
        if (training.Head.Share == 0)
            output.WriteLine("warning: the vectors say no more than the words do; leave these weights out of the configuration");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.OutputPath}: {Counted.Of(training.Head.Tasks.Length, "task")} from {Counted.Of(rows.Count, "row")}; their vectors cost {asking.CostUsd:0.######} USD"));
        return 0;
    }

    private static string? Objection(List<LabelExample> rows)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            if (!TaskKinds.TryParse(rows[row].Label, out _))
                return $"row {row + 1} has the label '{rows[row].Label}', which is no task; a router acts on {string.Join(", ", TaskKinds.WireNames.ToArray())}";
            if (rows[row].Text.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
                return $"row {row + 1} has no text";
        }

        return null;
    }

    private static EmbeddedExample Example(LabelExample row, float[] vector, double belowConfidence)
    {
        var words = new float[TaskKinds.Count];
        var found = TaskClassifier.Shared.Classify(row.Text, FeatureBuffer.OfThread, words);
        if (found.Abstained)
            Array.Fill(words, 1f / TaskKinds.Count);
        return new EmbeddedExample(row, TaskOf(row.Label), OfLengthOne(vector), words, found.Task, found.Abstained || found.Confidence < belowConfidence);
    }

    private static TaskKind TaskOf(string label) => TaskKinds.TryParse(label, out var task) ? task : throw new InvalidOperationException($"'{label}' is no task");

    private static float[] OfLengthOne(float[] vector)
    {
        var squares = 0.0;
        foreach (var number in vector)
            squares += (double)number * number;
        var norm = squares > 0 ? 1 / Math.Sqrt(squares) : 0;
        return Array.ConvertAll(vector, number => (float)(number * norm));
    }

    /// <summary>What a router does, with the vectors and without; then the same for the rows it would ask about.</summary>
    private static List<EvaluationFigure> Figures(List<EmbeddedExample> examples, EmbeddingTraining training)
    {
        var words = examples.ConvertAll(example => example.WordsTask.ToWireName());
        var routed = examples.Select((example, row) => example.IsUnsure ? training.HeldOutAnswers[row] : words[row]).ToList();
        var all = Enumerable.Range(0, examples.Count).ToList();
        var unsure = all.FindAll(row => examples[row].IsUnsure);
        List<EvaluationFigure> figures =
        [
            .. LabelMeasure.Of("words alone", FoldsOf(all, words)),
            .. LabelMeasure.Of("vectors where unsure", FoldsOf(all, routed)),
        ];
        if (unsure.Count >= MinUnsureReported)
        {
            figures.AddRange(LabelMeasure.Of("unsure rows, words alone", FoldsOf(unsure, words)));
            figures.AddRange(LabelMeasure.Of("unsure rows, vectors", FoldsOf(unsure, routed)));
        }

        return figures;

        List<LabelFold> FoldsOf(List<int> rows, List<string> answers) => [.. Enumerable.Range(0, EmbeddingTrainer.Folds)
            .Select(fold => (Fold: fold, Test: rows.FindAll(row => training.FoldOf[row] == fold)))
            .Where(part => part.Test.Count > 0)
            .Select(part => new LabelFold(
                all.FindAll(row => training.FoldOf[row] != part.Fold).ConvertAll(row => examples[row].Row),
                part.Test.ConvertAll(row => examples[row].Row),
                part.Test.ConvertAll(row => answers[row])))];
    }

    private static int Refuse(TextWriter error, string reason)
    {
        error.WriteLine($"error: no model was trained: {reason}");
        return 1;
    }
}
