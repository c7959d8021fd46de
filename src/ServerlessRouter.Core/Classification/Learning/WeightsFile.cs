using System.Text.Json;

namespace ServerlessRouter.Classification.Learning;

/// <summary>Reads and writes weights files; whatever is wrong with one ends in an error that names it, never in an exception.</summary>
internal static class WeightsFile
{
    public static IPredictor? LoadPredictor(string path, TextWriter error) => Load(path, error, static root => KindOf(root) switch
    {
        WeightsFormat.Labels => (IPredictor)new LabelPredictor(LabelModelJson.Read(root)),
        WeightsFormat.Outcomes => new OutcomePredictor(OutcomeModelJson.Read(root)),
        WeightsFormat.Answers => new AnswerPredictor(AnswerModelJson.Read(root)),
        var other => throw new InvalidDataException($"its kind '{other}' is unknown"),
    });

    public static LabelModel? LoadLabels(string path, TextWriter error) => LoadOf(WeightsFormat.Labels, path, error, LabelModelJson.Read);

    public static OutcomeModel? LoadOutcomes(string path, TextWriter error) => LoadOf(WeightsFormat.Outcomes, path, error, OutcomeModelJson.Read);

    public static AnswerModel? LoadAnswers(string path, TextWriter error) => LoadOf(WeightsFormat.Answers, path, error, AnswerModelJson.Read);

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

    private static T? LoadOf<T>(string kind, string path, TextWriter error, Func<JsonElement, T> read)
        where T : class =>
        Load(path, error, root => KindOf(root) == kind ? read(root) : throw new InvalidDataException($"it holds weights of kind '{KindOf(root)}'; '{kind}' is expected"));

    private static T? Load<T>(string path, TextWriter error, Func<JsonElement, T> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException("a JSON object is expected");
            if (!root.TryGetProperty("version", out var version) || version.GetInt32() != WeightsFormat.Version)
                throw new InvalidDataException($"it is not of version {WeightsFormat.Version}; train it again");
            return read(root);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or JsonException
            or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException or OverflowException)
        {
            // Missing members and numbers of the wrong kind come as exceptions of the JSON reader.
            error.WriteLine($"error: cannot use the weights '{path}': {failure.Message}");
            return null;
        }
    }

    private static string? KindOf(JsonElement root) => root.GetProperty("kind").GetString();
}
