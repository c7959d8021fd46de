using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Training;
using ServerlessRouter.Training.Rows;
using Xunit;

namespace ServerlessRouter.Core.Tests.Training;

public sealed class TrainAndPredictTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly StringWriter _error = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("rows.jsonl")]
    [InlineData("rows.jsonl.gz")]
    public void Labels_TwoTopics_AreToldApart(string fileName)
    {
        Assert.Equal(0, Train(TrainingKind.Labels, LabelRows(), fileName));

        var answers = Predict("""{"id":"a","prompt":"my card was stolen yesterday"}""", """{"id":"b","prompt":"what will the weather be like"}""");

        Assert.Equal(["a", "b"], answers.Select(answer => answer.GetProperty("id").GetString()));
        Assert.Equal(["card", "weather"], answers.Select(answer => answer.GetProperty("task").GetString()));
    }

    [Fact]
    public void Outcomes_OneModelForEachTask_AreFollowed()
    {
        var rows = Enumerable.Range(0, 120).Select(number => number % 2 == 0
            ? $$$"""{"prompt":"add {{{number}}} and {{{number * 7}}} please","task":"sum","quality":{"calculator":1,"poet":0}}"""
            : $$$"""{"prompt":"write verse {{{number}}} about the sea","task":"verse","quality":{"calculator":0,"poet":1}}""");
        Assert.Equal(0, Train(TrainingKind.Outcomes, rows));

        var quality = Predict("""{"id":"a","prompt":"add 12 and 30 please"}""", """{"id":"b","prompt":"write verse 9 about the sea"}""")
            .Select(answer => answer.GetProperty("quality")).ToList();

        Assert.True(quality[0].GetProperty("calculator").GetDouble() > quality[0].GetProperty("poet").GetDouble());
        Assert.True(quality[1].GetProperty("calculator").GetDouble() < quality[1].GetProperty("poet").GetDouble());
    }

    [Fact]
    public void Answers_WrongSums_AreLessAcceptable()
    {
        var rows = Enumerable.Range(1, 80).Select(number =>
            $$$"""{"prompt":"Ann has {{{number}}} pears and buys 3 more. How many has she?","response":"{{{number}}} + 3 = {{{number + 3 + number % 2}}}\n#### {{{number + 3 + number % 2}}}","correct":{{{1 - number % 2}}}}""");
        Assert.Equal(0, Train(TrainingKind.Answers, rows));

        var acceptable = Predict(
            """{"id":"a","prompt":"Ann has 40 pears and buys 3 more. How many has she?","response":"40 + 3 = 43\n#### 43"}""",
            """{"id":"b","prompt":"Ann has 40 pears and buys 3 more. How many has she?","response":"40 + 3 = 44\n#### 44"}""")
            .Select(answer => answer.GetProperty("acceptable").GetDouble()).ToList();

        Assert.True(acceptable[0] > acceptable[1] + 0.3);
    }

    /// <summary>New cue words for the classifier of tasks once cost the checks of answers two points: they were inputs of both.</summary>
    [Fact]
    public void Answers_CueWordsOfThePrompt_DoNotMatter()
    {
        var rows = Enumerable.Range(1, 80).Select(number =>
            $$$"""{"prompt":"{{{(number % 2 == 0 ? "Calculate the total" : "Translate the poem")}}} of {{{number}}} please","response":"#### {{{number}}}","correct":{{{1 - number % 2}}}}""");
        Assert.Equal(0, Train(TrainingKind.Answers, rows));

        var acceptable = Predict(
            """{"id":"a","prompt":"Calculate the total of 40 please","response":"#### 40"}""",
            """{"id":"b","prompt":"Xalculate the xotal of 40 please","response":"#### 40"}""")
            .Select(answer => answer.GetProperty("acceptable").GetDouble()).ToList();

        Assert.Equal(acceptable[0], acceptable[1]);
    }

    [Fact]
    public void Train_SameRowsTwice_WritesTheSameBytes()
    {
        Train(TrainingKind.Labels, LabelRows());
        var first = File.ReadAllBytes(WeightsPath);
        Train(TrainingKind.Labels, LabelRows());

        Assert.Equal(first, File.ReadAllBytes(WeightsPath));
    }

    [Theory]
    [InlineData("""{"text":"x"}""", "'label'")]
    [InlineData("""{"text":3,"label":"a"}""", "'text'")]
    [InlineData("""[1]""", "object")]
    [InlineData("""{"text":""", "JSON")]
    public void Train_BadLine_NamesTheLineAndTheReason(string line, string reason)
    {
        Assert.Equal(1, Train(TrainingKind.Labels, LabelRows().Prepend(line)));

        Assert.Contains("line 1:", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains(reason, _error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(WeightsPath));
    }

    [Fact]
    public void Train_OneLabelOnly_RefusesWithTheReason()
    {
        Assert.Equal(1, Train(TrainingKind.Labels, Enumerable.Range(0, 30).Select(number => $$"""{"text":"text {{number}}","label":"only"}""")));

        Assert.Contains("nothing to tell apart", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "rows cannot teach")]
    [InlineData(60, "contradict")]
    public void Train_RowsThatCannotTeach_RefusesWithTheReason(int rows, string reason)
    {
        var lines = Enumerable.Range(0, rows).Select(number => $$"""{"text":"my card {{number / 2}} was lost","label":"{{(number % 2 == 0 ? "card" : "weather")}}"}""");

        Assert.Equal(1, Train(TrainingKind.Labels, lines));

        Assert.Contains(reason, _error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(WeightsPath));
    }

    [Theory]
    [InlineData("""{"a":1,"b":0}""", """{"a":1,"b":0}""", "nothing to learn")]
    [InlineData("""{"a":1,"b":1}""", """{"a":0,"b":0}""", "nothing to choose between")]
    [InlineData("""{"a":1}""", """{"a":0}""", "fewer than two models")]
    public void Train_OutcomesWithoutVariance_RefusesWithTheReason(string even, string odd, string reason)
    {
        var lines = Enumerable.Range(0, 40).Select(number => $$"""{"prompt":"prompt {{number}}","quality":{{(number % 2 == 0 ? even : odd)}}}""");

        Assert.Equal(1, Train(TrainingKind.Outcomes, lines));

        Assert.Contains(reason, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_AnswersGradedBothWays_RefusesWithTheReason()
    {
        var lines = Enumerable.Range(0, 60).Select(number => $$"""{"prompt":"What is {{number / 2}} plus 1?","response":"{{(number / 2) + 1}}","correct":{{number % 2}}}""");

        Assert.Equal(1, Train(TrainingKind.Answers, lines));

        Assert.Contains("contradict", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Done_ReportsTheHeldOutRowsBesideLuckLengthAndOracle()
    {
        using var output = new StringWriter();
        Train(TrainingKind.Labels, LabelRows(), output: output);

        Assert.Matches(@"(?m)^rows +figure +unit +better +random +length +result +sd +oracle\r?$", output.ToString());
        Assert.Matches(@"(?m)^held out +accuracy ", output.ToString());
        Assert.DoesNotContain("warning", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LabelsByLot_WarnsThatTheWeightsSayNothing()
    {
        var luck = new SeededRandom(5);
        using var output = new StringWriter();
        Train(TrainingKind.Labels, Enumerable.Range(0, 300).Select(number => $$"""{"text":"letter {{number * 7919}}","label":"{{luck.Below(2)}}"}"""), output: output);

        Assert.Contains("warning: held out, accuracy: no better than luck", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FolderOfTheWeightsIsMissing_SaysSoBeforeTheWork()
    {
        var options = new TrainOptions { Kind = TrainingKind.Labels, InputPath = "unread.jsonl", OutputPath = Path.Combine(_folder, "none", "w.json") };

        Assert.Equal(1, TrainCommand.Run(options, TextWriter.Null, _error));
        Assert.Contains(Path.Combine(_folder, "none"), _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FileIsNoGzip_SaysSo()
    {
        var path = Path.Combine(_folder, "rows.jsonl.gz");
        File.WriteAllText(path, "plain");

        Assert.Equal(1, TrainCommand.Run(new TrainOptions { Kind = TrainingKind.Labels, InputPath = path, OutputPath = WeightsPath }, TextWriter.Null, _error));
        Assert.Contains(path, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FewOutOfScope_HoldsOutEveryRow()
    {
        var outside = Enumerable.Range(0, 12).Select(number => $$"""{"text":"purple {{number}} elephants dream","label":"oos"}""");
        using var output = new StringWriter();

        Assert.Equal(0, Train(TrainingKind.Labels, LabelRows().Concat(outside), output: output));

        Assert.Matches(@"(?m)^held out +out-of-scope recall ", output.ToString());
        Assert.Contains("holding out 5 of 5 parts", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_MissingFile_SaysSo()
    {
        var options = new TrainOptions { Kind = TrainingKind.Labels, InputPath = Path.Combine(_folder, "none.jsonl"), OutputPath = WeightsPath };

        Assert.Equal(1, TrainCommand.Run(options, TextWriter.Null, _error));
        Assert.Contains("none.jsonl", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_ShippedWeights_AnswersEveryLineInOrder()
    {
        var answers = PredictWith(null, """{"id":"1","prompt":"hello there"}""", "", """{"id":"2","prompt":"\ud800 lone"}""");

        Assert.Equal(["1", "2"], answers.Select(answer => answer.GetProperty("id").GetString()));
        Assert.All(answers, answer => Assert.InRange(answer.GetProperty("difficulty").GetDouble(), 0, 1));
    }

    [Fact]
    public void Predict_BadLine_NamesIt()
    {
        using var input = new MemoryStream("{\"id\":\"1\",\"prompt\":\"a\"}\n{\"id\":\"2\"}\n"u8.ToArray());

        Assert.Equal(1, PredictCommand.Run(new PredictOptions(), input, Stream.Null, _error, TimeProvider.System));
        Assert.Contains("line 2: 'prompt'", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""{"version":1,"kind":"poems"}""")]
    public void Predict_BadWeights_SaysWhichFileAndWhy(string content)
    {
        File.WriteAllText(WeightsPath, content);

        Assert.Equal(1, PredictCommand.Run(new PredictOptions { WeightsPath = WeightsPath }, Stream.Null, Stream.Null, _error, TimeProvider.System));
        Assert.Contains(WeightsPath, _error.ToString(), StringComparison.Ordinal);
    }

    private string WeightsPath => Path.Combine(_folder, "weights.json");

    private static IEnumerable<string> LabelRows() => Enumerable.Range(0, 60).Select(number => number % 2 == 0
        ? $$"""{"text":"my card {{number}} was lost or stolen","label":"card"}"""
        : $$"""{"text":"will it rain in town {{number}} or is the weather fine","label":"weather"}""");

    private int Train(TrainingKind kind, IEnumerable<string> lines, string fileName = "rows.jsonl", TextWriter? output = null)
    {
        var path = Path.Combine(_folder, fileName);
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        if (fileName.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var zip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
            zip.Write(bytes);
        }
        else
        {
            File.WriteAllBytes(path, bytes);
        }

        return TrainCommand.Run(new TrainOptions { Kind = kind, InputPath = path, OutputPath = WeightsPath }, output ?? TextWriter.Null, _error);
    }

    private List<JsonElement> Predict(params string[] lines) => PredictWith(WeightsPath, lines);

    private List<JsonElement> PredictWith(string? weightsPath, params string[] lines)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        using var output = new MemoryStream();
        Assert.Equal(0, PredictCommand.Run(new PredictOptions { WeightsPath = weightsPath }, input, output, _error, TimeProvider.System));
        return Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
    }
}
