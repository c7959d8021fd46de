using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Learning;

namespace ServerlessRouter.Training;

/// <summary>Reads and writes weights files; whatever is wrong with one ends in an error that names it, never in an exception.</summary>
internal static class WeightsFile
{
    private static readonly WeightsReader<IPredictor>[] Predictors =
    [
        new(WeightsFormat.Labels, static root => new LabelPredictor(LabelModelJson.Read(root))),
        new(WeightsFormat.Outcomes, static root => new OutcomePredictor(OutcomeModelJson.Read(root))),
        new(WeightsFormat.Answers, static root => new AnswerPredictor(AnswerModelJson.Read(root))),
    ];

    public static IPredictor? LoadPredictor(string path, TextWriter error) => Load(path, Predictors, error);

    public static LabelModel? LoadLabels(string path, TextWriter error) => Load<LabelModel>(path, [new(WeightsFormat.Labels, LabelModelJson.Read)], error);

    public static OutcomeModel? LoadOutcomes(string path, TextWriter error) => Load<OutcomeModel>(path, [new(WeightsFormat.Outcomes, OutcomeModelJson.Read)], error);

    public static AnswerModel? LoadAnswers(string path, TextWriter error) => Load<AnswerModel>(path, [new(WeightsFormat.Answers, AnswerModelJson.Read)], error);

    /// <summary>Whether weights can be written here; asked before a long training rather than after it.</summary>
    public static bool IsWritable(string path, TextWriter error)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (Directory.Exists(path))
            error.WriteLine($"error: cannot write '{path}': it is a folder");
        else if (!Directory.Exists(folder))
            error.WriteLine($"error: cannot write '{path}': there is no folder '{folder}'");
        else
            return true;
        return false;
    }

    /// <summary>Writes beside the old weights and then takes their place, so that a reader never sees half a file.</summary>
    public static bool Save(string path, Action<Stream> write, TextWriter error)
    {
        var unfinished = path + ".new";
        try
        {
            using (var file = File.Create(unfinished))
                write(file);
            File.Move(unfinished, path, overwrite: true);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: cannot write '{path}': {failure.Message}");
            return false;
        }
    }

    private static T? Load<T>(string path, IReadOnlyList<WeightsReader<T>> readers, TextWriter error)
        where T : class
    {
        if (!File.Exists(path))
        {
            error.WriteLine($"error: there is no weights file '{path}'; {WeightsContent.Remedy(readers)}");
            return null;
        }

        try
        {
            if (WeightsContent.TryRead(File.ReadAllBytes(path), readers, out var problem) is { } weights)
                return weights;
            error.WriteLine($"error: cannot use the weights: '{path}' {problem}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: cannot read the weights '{path}': {failure.Message}");
        }

        return null;
    }
}
