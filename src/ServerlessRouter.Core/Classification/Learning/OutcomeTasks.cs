using System.Text.Json;
using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Learning;

/// <summary>Gives graded rows that name no task the one a classifier sees in them.</summary>
internal static class OutcomeTasks
{
    /// <summary>`tasksPath` are label weights; without them the shipped task kinds serve.</summary>
    public static IReadOnlyList<OutcomeExample> Complete(IReadOnlyList<OutcomeExample> rows, string? tasksPath, TextWriter progress)
    {
        if (rows.All(row => row.Task is not null))
            return rows;
        var model = tasksPath is null ? TaskClassifier.Shared.Model : Load(tasksPath);
        progress.WriteLine($"{rows.Count(row => row.Task is null)} rows name no task; the classifier does");
        return rows.Select(row => row.Task is null ? row with { Task = TaskOf(row.Prompt, model) } : row).ToList();
    }

    private static LabelModel Load(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return LabelModelJson.Read(document.RootElement);
    }

    private static string TaskOf(byte[] prompt, LabelModel model)
    {
        var features = FeatureBuffer.OfThread;
        FeatureExtractor.Extract(prompt, model.Linear.Groups, features);
        return model.Labels[model.Decide(features, new float[model.Labels.Length]).Label];
    }
}
