using ServerlessRouter.Training;
using ServerlessRouter.Training.Rows;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>Graded outcomes of two models: one fails at sums, the other never.</summary>
internal static class GradedRows
{
    /// <summary>As lines of a file for <c>train --outcomes</c>; without tasks, a classifier names them.</summary>
    public static IEnumerable<string> Lines(string weak = "mini", string strong = "large", int count = 120) => Enumerable.Range(0, count).Select(number => number % 2 == 0
        ? $$$"""{"id":"{{{number}}}","prompt":"What is {{{number}}} times {{{number + 7}}}? Show the sum.","quality":{"{{{weak}}}":0,"{{{strong}}}":1}}"""
        : $$$"""{"id":"{{{number}}}","prompt":"Name the capital of country {{{number}}} please.","quality":{"{{{weak}}}":1,"{{{strong}}}":1}}""");

    /// <summary>Writes weights learnt from them.</summary>
    public static void Train(string path, string weak, string strong)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var rows = path + "l";
        File.WriteAllLines(rows, Lines(weak, strong));
        using var error = new StringWriter();
        var options = new TrainOptions { Kind = TrainingKind.Outcomes, InputPath = rows, OutputPath = path };
        Assert.True(TrainCommand.Run(options, TextWriter.Null, error) == 0, error.ToString());
    }
}
