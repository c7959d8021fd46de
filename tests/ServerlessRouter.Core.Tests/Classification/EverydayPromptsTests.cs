using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Classification;
using ServerlessRouter.Domain;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

/// <summary>Short requests as people type them: a greeting, a one-liner for each task, and other languages, of which the router must claim to know nothing.</summary>
public sealed class EverydayPromptsTests
{
    private const double MinRightShare = 0.8;
    private const double MaxWrong = 0.12;

    private static readonly string Folder = Path.Combine(RepositoryFolder.Path, "tests", "ServerlessRouter.Core.Tests", "Classification");

    private static readonly List<(string Text, TaskKind? Task)> Prompts = [.. File.ReadLines(Path.Combine(Folder, "everyday-prompts.jsonl")).Select(Parse)];

    [Fact]
    public void Classify_EnglishPrompts_AreMostlyActedOnRightlyAndSeldomWrongly()
    {
        var english = Prompts.FindAll(prompt => prompt.Task is not null);
        var found = english.ConvertAll(prompt => (prompt.Text, prompt.Task, Found: Classify(prompt.Text)));

        var right = found.Count(one => !one.Found.Abstained && one.Found.Task == one.Task);
        var wrong = found.FindAll(one => !one.Found.Abstained && one.Found.Task != one.Task);
        var report = $"{right} of {english.Count} right, {wrong.Count} wrong: {string.Join(" | ", wrong.Select(one => $"{one.Text} -> {one.Found.Task} {one.Found.Confidence.ToString("0.00", CultureInfo.InvariantCulture)}"))}";
        Assert.True(right >= MinRightShare * english.Count, report);
        Assert.True(wrong.Count <= MaxWrong * english.Count, report);
    }

    [Fact]
    public void Classify_OtherLanguages_AbstainsFromAllOfThem()
    {
        var others = Prompts.FindAll(prompt => prompt.Task is null);

        Assert.True(others.Count >= 20);
        Assert.Empty(others.FindAll(prompt => !Classify(prompt.Text).Abstained));
    }

    [Theory]
    [InlineData("Say hello.", TaskKind.Chat)]
    [InlineData("Say hello in Spanish.", TaskKind.Translation)]
    [InlineData("Extract all email addresses from this text: write to ann@example.com or bob@example.org.", TaskKind.Extraction)]
    public void Classify_PromptOnceTakenForAnotherTask_IsTold(string prompt, TaskKind task)
    {
        var found = Classify(prompt);

        Assert.Equal(task, found.Task);
        Assert.False(found.Abstained);
    }

    /// <summary>What was trained on proves nothing.</summary>
    [Fact]
    public void Prompts_AreNotAmongTheTrainingRows()
    {
        var rows = Path.Combine(RepositoryFolder.Path, "src", "ServerlessRouter.Core", "Classification", "Weights", "everyday-requests.jsonl");
        var trained = File.ReadLines(rows).Select(line => Letters(JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)).ToHashSet();

        Assert.True(trained.Count > 200);
        Assert.Empty(Prompts.FindAll(prompt => prompt.Task is not null && trained.Contains(Letters(prompt.Text))));
    }

    private static TaskClassification Classify(string prompt) => TaskClassifier.Shared.Classify(Encoding.UTF8.GetBytes(prompt), new float[TaskKinds.Count]);

    private static string Letters(string text) => string.Concat(text.ToLowerInvariant().Where(char.IsLetterOrDigit));

    private static (string Text, TaskKind? Task) Parse(string line)
    {
        var row = JsonDocument.Parse(line).RootElement;
        var named = row.GetProperty("task").GetString();
        return (row.GetProperty("prompt").GetString()!, named is null ? null : TaskKinds.TryParse(named, out var task) ? task : throw new InvalidDataException(line));
    }
}
