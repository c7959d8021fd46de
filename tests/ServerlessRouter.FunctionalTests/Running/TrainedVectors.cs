using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>Weights that read vectors, made once on the command line from the vectors of a vendor on a real socket.</summary>
public sealed class TrainedVectors : IAsyncLifetime
{
    /// <summary>Settings of a model that makes vectors.</summary>
    internal const string Embedder = """{ "capabilities": ["embeddings"], "price": { "inputPerMillion": 1, "outputPerMillion": 0 } }""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-vectors-");

    public string WeightsPath => Path.Combine(_folder.FullName, "w.json");

    internal ProcessResult Training { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await using var vendor = await FakeUpstream.StartAsync();
        var (rows, configuration) = (Path.Combine(_folder.FullName, "rows.jsonl"), Path.Combine(_folder.FullName, "router.json"));
        await File.WriteAllLinesAsync(rows, Rows());
        await File.WriteAllTextAsync(configuration, new RouterFile()
            .Upstream("small", vendor, Embedder).Upstream("plain", vendor).Route("auto", ["plain"]).Classification("""{ "embeddings": { "model": "small" } }""").ToString());
        Training = await RouterProcess.RunAsync("train", "--labels", rows, "--embeddings", configuration, "--out", WeightsPath);
        Assert.True(Training.ExitCode == 0, Training.Error);
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Made-up words: the classifier that ships knows none of them.</summary>
    private static IEnumerable<string> Rows() => Enumerable.Range(0, 60).Select(number => number % 2 == 0
        ? $$"""{"text":"qwzx zz{{(char)('b' + (number / 3))}}q blorf","label":"code"}"""
        : $$"""{"text":"flumm zz{{(char)('b' + (number / 3))}}q grint","label":"chat"}""");
}
