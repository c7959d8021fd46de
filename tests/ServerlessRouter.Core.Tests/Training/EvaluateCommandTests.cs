using System.Globalization;
using System.Text.Json;
using ServerlessRouter.Training;
using ServerlessRouter.Training.Rows;
using Xunit;

namespace ServerlessRouter.Core.Tests.Training;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Labels_ThatWordsTellApart_AreFoundWhereLuckAndLengthFindHalf()
    {
        var figures = Evaluate(TrainingKind.Labels, Topics());

        var accuracy = Figure(figures, "rows left out", "accuracy");
        Assert.Equal(100, Number(accuracy, "result"), 1.0);
        Assert.Equal(50, Number(accuracy, "random"), 1.0);
        Assert.InRange(Number(accuracy, "length"), 30, 70);
        Assert.Equal(100, Number(accuracy, "oracle"));
    }

    [Fact]
    public void Labels_GivenByLot_AreFoundNoBetterThanByLuck()
    {
        var luck = new SeededRandom(3);
        var rows = Enumerable.Range(0, 200).Select(number => $$"""{"text":"text number {{Word(number)}} of {{Word(number / 7)}}","label":"{{(luck.Unit() < 0.5 ? "a" : "b")}}"}""");

        var accuracy = Figure(Evaluate(TrainingKind.Labels, rows), "rows left out", "accuracy");

        Assert.InRange(Number(accuracy, "result"), 50 - 4 * Number(accuracy, "deviation"), 50 + 4 * Number(accuracy, "deviation"));
    }

    [Fact]
    public void Labels_WithSources_AreAlsoJudgedOnSourcesLeftOutWhole()
    {
        // Each source has a wording of its own and its labels turned round: what is learnt from others is wrong there.
        var rows = Enumerable.Range(0, 240).Select(number =>
            $$"""{"text":"source {{Word(number % 3)}} says {{((number / 3) % 2 == (number % 3) % 2 ? "red" : "blue")}} {{Word(number)}}","label":"{{((number / 3) % 2 == 0 ? "one" : "two")}}","source":"s{{number % 3}}"}""");

        var figures = Evaluate(TrainingKind.Labels, rows);

        Assert.True(Number(Figure(figures, "sources left out", "accuracy"), "result") + 20 < Number(Figure(figures, "rows left out", "accuracy"), "result"));
    }

    [Fact]
    public void Outcomes_WordsTellWhereThePoolFails_DifficultyIsFarBetterThanLuckLengthAndTheRuleOfThumb()
    {
        var rows = Enumerable.Range(0, 240).Select(number => (number % 3) switch
        {
            0 => $$$"""{"prompt":"sort {{{Word(number)}}} under {{{Word(number * 7)}}}","task":"sort","quality":{"small":0,"large":1}}""",
            1 => $$$"""{"prompt":"file {{{Word(number)}}} under {{{Word(number * 7)}}}","task":"file","quality":{"small":1,"large":1}}""",
            _ => $$$"""{"prompt":"bury {{{Word(number)}}} under {{{Word(number * 7)}}}","task":"bury","quality":{"small":0,"large":0}}""",
        });

        var figures = Evaluate(TrainingKind.Outcomes, rows);

        var ranked = Figure(figures, "rows left out", "difficulty, ranked right");
        var rule = Figure(figures, "rows left out", "rule of thumb, ranked right");
        Assert.True(Number(ranked, "result") > Math.Max(Number(ranked, "random"), Math.Max(Number(ranked, "length"), Number(rule, "result"))) + 10);
        var error = Figure(figures, "rows left out", "difficulty, calibration error");
        Assert.InRange(Number(error, "result"), 0, 0.15);
        Assert.True(error.GetProperty("lower_is_better").GetBoolean());
        Assert.Equal(0, Number(error, "oracle"));
    }

    [Fact]
    public void Outcomes_PairThatWordsDecide_RecoversMoreThanLuck()
    {
        var rows = Enumerable.Range(0, 240).Select(number => number % 2 == 0
            ? $$$"""{"prompt":"add {{{Word(number)}}} to {{{Word(number * 7)}}}","task":"sum","quality":{"small":1,"large":1}}"""
            : $$$"""{"prompt":"prove {{{Word(number)}}} from {{{Word(number * 7)}}}","task":"proof","quality":{"small":0,"large":1}}""");

        var figures = Evaluate(TrainingKind.Outcomes, rows);

        var apgr = Figure(figures, "rows left out", "APGR");
        Assert.Equal(0.5, Number(apgr, "random"), 0.01);
        Assert.True(Number(apgr, "result") > 0.7);
        Assert.True(Number(apgr, "oracle") >= Number(apgr, "result"));
        Assert.InRange(Number(Figure(figures, "rows left out", "CPT50"), "result"), 20, 35);
        Assert.True(Figure(figures, "rows left out", "CPT50").GetProperty("lower_is_better").GetBoolean());
    }

    [Fact]
    public void Outcomes_PoolWithCosts_GivesAiqBetweenLuckAndOracle()
    {
        var rows = Pool(cost: """, "cost_usd":{"a":0.0001,"b":0.001,"c":0.01}""");

        var aiq = Figure(Evaluate(TrainingKind.Outcomes, rows), "rows left out", "AIQ");

        Assert.True(Number(aiq, "result") > Number(aiq, "random") + 0.1);
        Assert.True(Number(aiq, "result") <= Number(aiq, "oracle") + 0.001);
    }

    [Fact]
    public void Outcomes_PoolWithoutCosts_GivesTheQualityOfTheChoice()
    {
        var figures = Evaluate(TrainingKind.Outcomes, Pool(cost: ""));

        Assert.True(Number(Figure(figures, "rows left out", "above the best single model"), "result") > 0.2);
    }

    [Fact]
    public void Answers_WithWrongSums_RankBelowRightOnes()
    {
        var rows = Enumerable.Range(1, 120).Select(number =>
            $$$"""{"prompt":"Ann has {{{number}}} pears and buys 3 more. How many has she?","response":"{{{number}}} + 3 = {{{number + 3 + number % 2}}}\n#### {{{number + 3 + number % 2}}}","correct":{{{1 - number % 2}}}}""");

        var ranked = Figure(Evaluate(TrainingKind.Answers, rows), "rows left out", "ranked right");

        Assert.True(Number(ranked, "result") > 90);
        Assert.Equal(50, Number(ranked, "random"));
    }

    [Fact]
    public void Weights_ThatExist_AreJudgedByOtherRows()
    {
        var weights = Path.Combine(_folder, "weights.json");
        var training = new TrainOptions { Kind = TrainingKind.Labels, InputPath = Write(Topics()), OutputPath = weights };
        Assert.Equal(0, TrainCommand.Run(training, TextWriter.Null, _error));

        var figures = Evaluate(TrainingKind.Labels, Topics().Take(30), weights);

        Assert.Equal(100, Number(Figure(figures, "these weights", "accuracy"), "result"), 0.1);
    }

    [Fact]
    public void Table_HasEveryFigureBesideLuckLengthAndOracle()
    {
        var options = new EvaluateOptions { Kind = TrainingKind.Labels, InputPath = Write(Topics()) };

        Assert.Equal(0, EvaluateCommand.Run(options, _output, _error));

        Assert.Matches(@"(?m)^rows +figure +unit +better +random +length +result +sd +oracle\r?$", _output.ToString());
        Assert.Matches(@"(?m)^rows left out +accuracy +% +higher +[45]\d\.\d +\d+\.\d +\d+\.\d +\d\.\d +100\.0\r?$", _output.ToString());
    }

    [Fact]
    public void SameRowsTwice_GiveTheSameFigures()
    {
        Evaluate(TrainingKind.Labels, Topics());
        var first = _output.ToString();
        _output.GetStringBuilder().Clear();
        Evaluate(TrainingKind.Labels, Topics());

        Assert.Equal(first, _output.ToString());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":"1"}""")]
    [InlineData("""{"version":1,"kind":7}""")]
    [InlineData("""{"version":1,"kind":"labels"}""")]
    [InlineData("""{"version":1,"kind":"outcomes","evidence":[]}""")]
    [InlineData("""{"version":1,"kind":"labels","labels":["a"],"temperature":0,"abstainBelow":0,"linear":{"groups":1,"outputs":2147483647,"keys":"","idf":"","scales":"","rows":"","handcrafted":"","bias":""}}""")]
    public void BadWeights_AnyUse_EndWithAnErrorThatNamesTheFile(string content)
    {
        var path = Path.Combine(_folder, "bad.json");
        File.WriteAllText(path, content);
        var rows = Write(Pool(cost: ""));
        var topics = Write(Topics());

        Assert.Equal(1, EvaluateCommand.Run(new EvaluateOptions { Kind = TrainingKind.Labels, InputPath = topics, WeightsPath = path }, _output, _error));
        Assert.Equal(1, EvaluateCommand.Run(new EvaluateOptions { Kind = TrainingKind.Outcomes, InputPath = rows, WeightsPath = path }, _output, _error));
        Assert.Equal(1, EvaluateCommand.Run(new EvaluateOptions { Kind = TrainingKind.Outcomes, InputPath = rows, TasksPath = path }, _output, _error));
        Assert.Equal(1, TrainCommand.Run(new TrainOptions { Kind = TrainingKind.Outcomes, InputPath = rows, OutputPath = Path.Combine(_folder, "w.json"), TasksPath = path }, _output, _error));

        Assert.Equal(4, _error.ToString().Split(path).Length - 1);
        Assert.Empty(_output.ToString());
        Assert.False(File.Exists(Path.Combine(_folder, "w.json")));
    }

    [Fact]
    public void WeightsOfAnotherKind_AreRefusedByName()
    {
        var weights = Path.Combine(_folder, "weights.json");
        TrainCommand.Run(new TrainOptions { Kind = TrainingKind.Labels, InputPath = Write(Topics()), OutputPath = weights }, TextWriter.Null, TextWriter.Null);

        Assert.Equal(1, EvaluateCommand.Run(new EvaluateOptions { Kind = TrainingKind.Outcomes, InputPath = Write(Pool("")), WeightsPath = weights }, _output, _error));

        Assert.Contains("holds weights of the kind labels, but outcomes are needed; make it with train --outcomes", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyFile_IsRefusedWithAReason()
    {
        Assert.Equal(1, EvaluateCommand.Run(new EvaluateOptions { Kind = TrainingKind.Labels, InputPath = Write([]) }, _output, _error));

        Assert.Contains("no rows", _error.ToString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Topics() => Enumerable.Range(0, 120).Select(number => number % 2 == 0
        ? $$"""{"text":"my card {{Word(number)}} was lost or stolen","label":"card"}"""
        : $$"""{"text":"is rain near {{Word(number)}} or a fine day","label":"weather"}""");

    private static IEnumerable<string> Pool(string cost) => Enumerable.Range(0, 240).Select(number => (number % 3) switch
    {
        0 => $$$"""{"prompt":"add {{{Word(number)}}} to {{{Word(number * 7)}}}","task":"sum","quality":{"a":1,"b":0,"c":0}{{{cost}}}}""",
        1 => $$$"""{"prompt":"rhyme {{{Word(number)}}} with {{{Word(number * 7)}}}","task":"verse","quality":{"a":0,"b":1,"c":0}{{{cost}}}}""",
        _ => $$$"""{"prompt":"prove {{{Word(number)}}} from {{{Word(number * 7)}}}","task":"proof","quality":{"a":0,"b":0,"c":1}{{{cost}}}}""",
    });

    /// <summary>A different made-up word for each number.</summary>
    private static string Word(int number) =>
        string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(digit => "ba ce di fo gu ha ke li mo nu".Split(' ')[digit - '0']));

    private static double Number(JsonElement figure, string name) => figure.GetProperty(name).GetDouble();

    private static JsonElement Figure(JsonElement figures, string set, string metric) =>
        figures.EnumerateArray().Single(figure => figure.GetProperty("set").GetString() == set && figure.GetProperty("metric").GetString() == metric);

    private JsonElement Evaluate(TrainingKind kind, IEnumerable<string> lines, string? weights = null)
    {
        var options = new EvaluateOptions { Kind = kind, InputPath = Write(lines), WeightsPath = weights, Format = EvaluationFormat.Json };
        Assert.True(EvaluateCommand.Run(options, _output, _error) == 0, _error.ToString());
        return JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("figures");
    }

    private string Write(IEnumerable<string> lines)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.jsonl");
        File.WriteAllLines(path, lines);
        return path;
    }
}
