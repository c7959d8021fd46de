using System.Text.RegularExpressions;
using Xunit;

namespace ServerlessRouter.Core.Tests.Architecture;

/// <summary>Words that were retired stay away: bounds are called Max and Min, things have the field's names, and sentences say who is meant.</summary>
public sealed partial class WordsTests
{
    /// <summary>Names that had to be asked about, and what they are called now.</summary>
    private static readonly Dictionary<string, string> Retired = new(StringComparer.Ordinal)
    {
        ["Purse"] = "PeriodSpend",
        ["RouterBooks"] = "Accounting",
        ["JobDesk"] = "JobApi",
        ["TrafficLessons"] = "OnlineStatistics",
        ["OnceKey"] = "IdempotencyKeyHash",
        ["RequestTrail"] = "RequestHistory",
        ["PinnedPlan"] = "FrozenPlan",
        ["RequestWishes"] = "RequestPreferences",
        ["ReadingPlaces"] = "ReadLimiter",
        ["AnswerWorth"] = "FallbackScore",
        ["BodyRoom"] = "BodyMemoryQuota",
        ["DispatchTurn"] = "DispatchResumePoint",
        ["TurnResult"] = "RequestStepResult",
    };

    private static readonly string[] Prose = ["docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "router.schema.json"];

    [Fact]
    public void Names_RetiredOnes_AreNotUsed()
    {
        var offences =
            from file in Code("src").Concat(Code("tests"))
            where Path.GetFileName(file) != "WordsTests.cs"
            from match in Name().Matches(File.ReadAllText(file)).Select(static match => match.Value).Distinct()
            where Retired.ContainsKey(match)
            select $"{Path.GetFileName(file)}: {match}, now {Retired[match]}";

        Assert.Empty(offences);
    }

    [Fact]
    public void Names_OfBounds_AreMaxAndMin()
    {
        var offences =
            from file in Code("src").Concat(Code("tests"))
            from match in Bound().Matches(File.ReadAllText(file)).Select(static match => match.Value).Distinct()
            select $"{Path.GetFileName(file)}: {match}";

        Assert.Empty(offences);
    }

    [Fact]
    public void Sentences_SayWhoIsMeant()
    {
        var texts = Code("src").Where(static file => Path.GetFileName(file) != "CueWords.cs")
            .Concat(Prose.Select(static name => Path.Combine(RepositoryFolder.Path, name)).SelectMany(static path => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.md", SearchOption.AllDirectories) : [path]));

        var offences =
            from file in texts
            from line in File.ReadLines(file).Where(static line => Vague().IsMatch(line))
            select $"{Path.GetFileName(file)}: {line.Trim()}";

        Assert.Empty(offences);
    }

    private static IEnumerable<string> Code(string folder) => Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, folder), "*.cs", SearchOption.AllDirectories)
        .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    /// <summary>Not in quotes: what is stored keeps its name.</summary>
    [GeneratedRegex(@"(?<!"")\b[A-Za-z_]\w*\b")]
    private static partial Regex Name();

    /// <summary>"Least busy" is the field's name of a balancing policy, and "least bad" is a choice, not a bound.</summary>
    [GeneratedRegex(@"(?<!"")\b_?(?:[Mm]ost|[Ll]east|[Ll]ongest|[Ss]hortest|[Ff]ewest)(?!Busy|Bad)[A-Z]\w*\b")]
    private static partial Regex Bound();

    [GeneratedRegex(@"\b(?:whoever|nobody|somebody|anybody|everybody)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Vague();
}
