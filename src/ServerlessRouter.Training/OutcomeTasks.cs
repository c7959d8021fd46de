using ServerlessRouter.Classification;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training;

/// <summary>Gives graded rows that name no task the one a classifier sees in them.</summary>
internal static class OutcomeTasks
{
    /// <summary>`tasksPath` are label weights; without them the shipped task kinds serve. Null after an error when the weights cannot be used.</summary>
    public static IReadOnlyList<OutcomeExample>? Complete(IReadOnlyList<OutcomeExample> rows, string? tasksPath, TextWriter error)
    {
        var model = tasksPath is null ? TaskClassifier.Shared.Model : WeightsFile.LoadLabels(tasksPath, error);
        if (model is null)
            return null;
        var nameless = rows.Count(row => row.Task is null);
        if (nameless == 0)
            return rows;
        error.WriteLine($"{nameless} rows name no task; the classifier does");
        return rows.Select(row => row.Task is null ? row with { Task = TaskOf(row.Prompt, model) } : row).ToList();
    }

    private static string TaskOf(byte[] prompt, LabelModel model)
    {
        var features = FeatureBuffer.OfThread;
        FeatureExtractor.Extract(prompt, model.Linear.Groups, features);
        return model.Labels[model.Decide(features, new float[model.Labels.Length]).Label];
    }
}
