using System.Text;
using System.Text.Json;
using ServerlessRouter.Core.Tests.Classification;
using ServerlessRouter.Training;
using ServerlessRouter.Training.Rows;
using Xunit;

namespace ServerlessRouter.Core.Tests.Training;

/// <summary>Every kind of weights against texts that are not sent in good faith: an answer for each, finite numbers, bounded time.</summary>
public sealed class HostilePredictionTests(HostilePredictionTests.Trained trained) : IClassFixture<HostilePredictionTests.Trained>
{
    private const int LuckyTexts = 300;

    /// <summary>For all decisions of a test. Each reads 8 KiB at most and takes less than a millisecond; one that read all of a text, or went over it again and again, would take minutes.</summary>
    private const double MaxMicros = 10_000_000;

    public static TheoryData<string> Kinds => new("shipped", "labels", "few labels", "outcomes", "answers");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Predict_HostileTexts_AnswersEachWithFiniteNumbersInBoundedTime(string kind)
    {
        string[] texts = [.. HostileTexts.AllAsText()];

        var answers = Predict(kind, texts);

        Assert.Equal(texts.Length, answers.Count);
        Assert.All(answers, AssertFinite);
        Assert.InRange(answers.Sum(answer => answer.GetProperty("micros").GetDouble()), 0, MaxMicros);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Predict_TextsByLot_AnswersEachWithFiniteNumbers(string kind)
    {
        var luck = new SeededRandom(11);
        var texts = Enumerable.Range(0, LuckyTexts).Select(_ => HostileTexts.ByLot(ref luck)).ToArray();

        var answers = Predict(kind, texts);

        Assert.Equal(texts.Length, answers.Count);
        Assert.All(answers, AssertFinite);
    }

    private List<JsonElement> Predict(string kind, string[] texts)
    {
        using var input = new MemoryStream();
        foreach (var text in texts)
        {
            // Escaped by hand: no serializer writes lone surrogates.
            var quoted = HostileTexts.Quoted(text);
            input.Write(Encoding.UTF8.GetBytes($"{{\"id\":\"a\",\"prompt\":{quoted},\"response\":{quoted}}}\n"));
        }

        input.Position = 0;
        using var output = new MemoryStream();
        using var error = new StringWriter();
        Assert.True(PredictCommand.Run(new PredictOptions { WeightsPath = trained.PathOf(kind) }, input, output, error, TimeProvider.System) == 0, error.ToString());
        return Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
    }

    private static void AssertFinite(JsonElement answer)
    {
        var numbers = 0;
        foreach (var member in answer.EnumerateObject())
        {
            foreach (var number in Numbers(member.Value))
            {
                numbers++;
                Assert.True(double.IsFinite(number));
                if (member.Name != "micros")
                    Assert.InRange(number, 0, 1.0001);
            }
        }

        Assert.True(numbers > 1);
    }

    private static IEnumerable<double> Numbers(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => [value.GetDouble()],
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Numbers(member.Value)),
        _ => [],
    };

    /// <summary>One file of weights of each kind.</summary>
    public sealed class Trained : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

        public Trained()
        {
            Train("labels", TrainingKind.Labels, number => $$"""{"text":"{{(number % 2 == 0 ? "my card is lost" : "is it going to rain")}} {{number}}","label":"{{(number % 2 == 0 ? "card" : "weather")}}"}""", 160);
            Train("few labels", TrainingKind.Labels, number => $$"""{"text":"{{(number % 2 == 0 ? "my card is lost" : "is it going to rain")}} {{number}}","label":"{{(number % 3 == 0 ? "oos" : number % 2 == 0 ? "card" : "weather")}}"}""", 60);
            Train("outcomes", TrainingKind.Outcomes, number => $$$"""{"prompt":"{{{(number % 2 == 0 ? "add" : "rhyme")}}} {{{number}}}","quality":{"a":{{{number % 2}}},"b":{{{1 - number % 2}}}}}""", 60);
            Train("answers", TrainingKind.Answers, number => $$"""{"prompt":"What is {{number}} plus 1?","response":"{{number + 1 + number % 2}}","correct":{{1 - number % 2}}}""", 60);
        }

        public string? PathOf(string kind) => kind == "shipped" ? null : Path.Combine(_folder, $"{kind}.json");

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        private void Train(string name, TrainingKind kind, Func<int, string> row, int rows)
        {
            var path = Path.Combine(_folder, $"{name}.jsonl");
            File.WriteAllLines(path, Enumerable.Range(0, rows).Select(row));
            using var error = new StringWriter();
            Assert.True(TrainCommand.Run(new TrainOptions { Kind = kind, InputPath = path, OutputPath = PathOf(name)! }, TextWriter.Null, error) == 0, error.ToString());
        }
    }
}
