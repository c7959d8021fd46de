using ServerlessRouter.Classification.Models;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Embeddings;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Training;
using ServerlessRouter.Training.Rows;
using Xunit;

namespace ServerlessRouter.Core.Tests.Training;

/// <summary>Learning to tell tasks from vectors, of texts whose words say nothing to the classifier.</summary>
public sealed class EmbeddingTrainingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-embeddings-");
    private readonly HashedEmbeddings _vendor = new();
    private readonly ManualTimeProvider _time = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private string Weights => Path.Combine(_folder.FullName, "w.json");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task RunAsync_UnknownWords_AreToldByTheirVectors()
    {
        Assert.Equal(0, await TrainAsync(Rows()));

        var head = Read();
        var probabilities = new float[TaskKinds.Count];
        Array.Fill(probabilities, 1f / TaskKinds.Count);
        head.Mix(HashedVector.Of("qwzx blorf"), probabilities);
        Assert.True(probabilities[(int)TaskKind.Code] > 0.7, $"{probabilities[(int)TaskKind.Code]}");
        Assert.Equal(1, probabilities.Sum(), 0.001);
        var lines = _output.ToString().Split('\n');
        Assert.True(Accuracy(lines, "unsure rows, vectors") > Accuracy(lines, "unsure rows, words alone") + 30, _output.ToString());
        Assert.Contains("2 tasks from 80 rows", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Twice_WritesTheSameBytes()
    {
        await TrainAsync(Rows());
        var first = await File.ReadAllBytesAsync(Weights);

        await TrainAsync(Rows());

        Assert.Equal(first, await File.ReadAllBytesAsync(Weights));
    }

    [Fact]
    public async Task RunAsync_LengthOfVectors_DoesNotMatter()
    {
        await TrainAsync(Rows());
        var head = Read();

        var (one, ten) = (new float[TaskKinds.Count], new float[TaskKinds.Count]);
        head.Mix(HashedVector.Of("flumm grint"), one);
        head.Mix(Array.ConvertAll(HashedVector.Of("flumm grint"), number => number * 8), ten);

        Assert.Equal(one, ten);
    }

    [Fact]
    public async Task RunAsync_VendorFailsForGood_WritesNothingAndSaysWhichRow()
    {
        _vendor.Problem = "it is down";

        var training = TrainAsync(Rows());
        await Patience.DriveAsync(training, Pass, static () => "the training to give up");

        Assert.Equal(1, await training);
        Assert.Matches(@"no vector of row \d+: it is down", _error.ToString());
        Assert.False(File.Exists(Weights));

        void Pass()
        {
            if (_time.ArmedTimers > 0)
                _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData("""{"text":"x","label":"billing"}""", "row 1 has the label 'billing', which is no task")]
    [InlineData("""{"text":" ","label":"code"}""", "row 1 has no text")]
    [InlineData("""{"text":"x","label":"code"}""", "1 rows cannot teach")]
    public async Task RunAsync_RowsThatTeachNothing_AreRefusedBeforeAModelIsAsked(string row, string message)
    {
        Assert.Equal(1, await TrainAsync([row]));

        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, _vendor.Calls);
    }

    [Fact]
    public async Task RunAsync_ConfigurationAsksNoModel_IsRefused()
    {
        Assert.Equal(1, await TrainAsync(Rows(), new RouterBuilder().Model("mini").Route("auto", route => route.Candidates("mini")).Build()));

        Assert.Contains("has no classification.embeddings", _error.ToString(), StringComparison.Ordinal);
    }

    private async Task<int> TrainAsync(IEnumerable<string> rows, RouterModel? router = null)
    {
        var input = Path.Combine(_folder.FullName, "rows.jsonl");
        await File.WriteAllLinesAsync(input, rows);
        router ??= new RouterBuilder().Model("mini").Model("small", model => model.Can(Capabilities.Embeddings)).Route("auto", route => route.Candidates("mini")).Embeddings("small").Build();
        var options = new TrainOptions { Kind = TrainingKind.Labels, InputPath = input, OutputPath = Weights };
        return await EmbeddingTrainCommand.RunAsync(options, router, _vendor, _output, _error, _time, default);
    }

    private EmbeddingHead Read()
    {
        var head = EmbeddingHeadFile.TryRead(File.ReadAllBytes(Weights), out var problem);
        Assert.Null(problem);
        return head!;
    }

    private static IEnumerable<string> Rows() => Enumerable.Range(0, 80).Select(number => number % 2 == 0
        ? $$"""{"text":"qwzx {{Word(number)}} blorf","label":"code"}"""
        : $$"""{"text":"flumm {{Word(number)}} grint","label":"chat"}""");

    private static string Word(int number) => $"zz{(char)('b' + (number % 20))}{(char)('b' + (number / 20))}q";

    private static double Accuracy(string[] lines, string set) =>
        double.Parse(lines.Single(line => line.StartsWith(set, StringComparison.Ordinal) && line.Contains(" accuracy ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^3]);
}
