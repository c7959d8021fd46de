using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary><c>train</c>, <c>evaluate</c> and <c>predict</c> as an operator runs them: the built program, its exit code, and what it says of input it cannot use.</summary>
public sealed class TrainingCommandLineTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-training-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string Weights => Path.Combine(_folder.FullName, "weights.json");

    [Fact]
    public async Task Evaluate_GradedRows_ExitCode0AndFiguresBesideLuckLengthAndOracle()
    {
        var run = await RouterProcess.RunAsync("evaluate", "--outcomes", Write("rows.jsonl", GradedRows.Lines()));

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"(?m)^rows +figure +unit +better +random +length +result +sd +oracle\r?$", run.Output);
        Assert.Matches(@"(?m)APGR +0 to 1 +higher ", run.Output);
        Assert.Matches(@"(?m)CPT50 +% +lower ", run.Output);
        foreach (var legend in new[] { "result: ", "oracle: ", "sd: ", "APGR: ", "CPT50: " })
            Assert.Matches($"(?m)^{legend}", run.Output);
        Assert.DoesNotContain("error", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_AsJsonTwice_ParsesAndIsTheSame()
    {
        var rows = Write("rows.jsonl", GradedRows.Lines());
        string[] command = ["evaluate", "--outcomes", rows, "--folds", "2", "--seed", "3", "--json"];

        var (first, second) = (await RouterProcess.RunAsync(command), await RouterProcess.RunAsync(command));

        Assert.Equal(0, first.ExitCode);
        Assert.NotEmpty(JsonNode.Parse(first.Output)!["figures"]!.AsArray());
        Assert.Equal(first.Output, second.Output);
    }

    [Fact]
    public async Task Evaluate_WeightsOfTrain_JudgesThem()
    {
        var rows = Write("rows.jsonl", GradedRows.Lines());
        var trained = await RouterProcess.RunAsync("train", "--outcomes", rows, "--out", Weights);
        Assert.True(trained.ExitCode == 0, trained.Error);
        // What a record of C# prints of itself is no sentence.
        Assert.DoesNotMatch(@"\w+ \{ \w+ = ", trained.Error + trained.Output);
        Assert.Contains("a text counts as familiar by", trained.Error, StringComparison.Ordinal);
        Assert.Contains("to route by it: \"quality\"", trained.Output, StringComparison.Ordinal);

        var run = await RouterProcess.RunAsync("evaluate", "--outcomes", rows, "--weights", Weights);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("these weights", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train", "--out", "out.json")]
    [InlineData("evaluate")]
    public async Task Tasks_AreNoWeightsThatTellTasks_ExitCode1SaysWhatIsWrongAndHowToMendIt(params string[] command)
    {
        var rows = Write("rows.jsonl", GradedRows.Lines());
        var missing = Path.Combine(_folder.FullName, "nowhere.json");
        (string Tasks, string[] Expected)[] cases =
        [
            (missing, [$"there is no weights file '{missing}'", "train --labels"]),
            (Write("nonsense.json", ["nonsense"]), ["nonsense.json", "is damaged"]),
            (Write("empty.json", ["{}"]), ["empty.json", "is no weights file", "train --labels"]),
            (Write("other.json", ["""{"version":1,"kind":"outcomes"}"""]), ["other.json", "holds weights of the kind outcomes, but labels are needed", "train --labels"]),
            (Write("old.json", ["""{"version":0,"kind":"labels"}"""]), ["old.json", "is not of version 1; train it again"]),
            (Write("torn.json", ["""{"version":1,"kind":"labels","labels":["a"]}"""]), ["torn.json", "is damaged"]),
            (_folder.FullName, [_folder.FullName, "train --labels"]),
        ];
        foreach (var (tasks, expected) in cases)
        {
            var run = await RouterProcess.RunAsync([.. Here(command), "--outcomes", rows, "--tasks", tasks]);

            AssertRefused(run, expected);
            Assert.False(File.Exists(Path.Combine(_folder.FullName, "out.json")));
        }
    }

    [Theory]
    [InlineData("--tasks goes with --outcomes only", "train", "--labels", "rows.jsonl", "--tasks", "t.json", "--out", "out.json")]
    [InlineData("--tasks goes with --outcomes only", "evaluate", "--answers", "rows.jsonl", "--tasks", "t.json")]
    [InlineData("--tasks", "predict", "--tasks", "t.json")]
    [InlineData("exactly one of --labels, --outcomes and --answers", "evaluate")]
    [InlineData("--folds must be from", "evaluate", "--outcomes", "rows.jsonl", "--folds", "1")]
    [InlineData("--seed must be 0 or more", "evaluate", "--outcomes", "rows.jsonl", "--seed", "-1")]
    [InlineData("cannot read", "evaluate", "--outcomes", "nowhere.jsonl")]
    [InlineData("there is no weights file", "evaluate", "--outcomes", "rows.jsonl", "--weights", "nowhere.json")]
    [InlineData("there is no weights file", "predict", "--weights", "nowhere.json")]
    public async Task AnyCommand_ArgumentsThatCannotBeUsed_ExitCode1SaysWhich(string expected, params string[] command)
    {
        Write("rows.jsonl", GradedRows.Lines());

        var run = await RouterProcess.RunAsync(Here(command));

        AssertRefused(run, expected);
    }

    [Theory]
    [InlineData("train", "--out", "out.json")]
    [InlineData("evaluate")]
    public async Task BadRow_ExitCode1NamesFileLineAndReason(params string[] command)
    {
        var rows = Write("rows.jsonl", GradedRows.Lines(count: 30).Append("""{"id":"x","prompt":"p","quality":{"mini":2}}"""));

        var run = await RouterProcess.RunAsync([.. Here(command), "--outcomes", rows]);

        AssertRefused(run, $"{rows}, line 31: 'quality' of 'mini' is 2");
    }

    private static void AssertRefused(ProcessResult run, params string[] expected)
    {
        Assert.Equal(1, run.ExitCode);
        Assert.All(expected, words => Assert.Contains(words, run.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The command with its files in the folder of the test.</summary>
    private string[] Here(string[] command) => [.. command.Select(word => word.Contains(".json", StringComparison.Ordinal) ? Path.Combine(_folder.FullName, word) : word)];

    private string Write(string name, IEnumerable<string> lines)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllLines(path, lines);
        return path;
    }
}
