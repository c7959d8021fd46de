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
        ["Luck"] = "Jitter",
        ["IsTold"] = "IsNotified or IsReported",
        ["Trail"] = "RequestHistory",
        ["Worth"] = "FallbackScore",
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

    /// <summary>Beside one another two types of one name are told apart by their namespace alone, which no sentence names.</summary>
    [Fact]
    public void Types_OfOneProduct_HaveNamesOfTheirOwn()
    {
        var offences =
            from file in Code("src")
            from match in Type().Matches(File.ReadAllText(file))
            group Path.GetRelativePath(RepositoryFolder.Path, file) by match.Groups[1].Value into places
            where places.Distinct().Skip(1).Any()
            select $"{places.Key}: {string.Join(", ", places)}";

        Assert.Empty(offences);
    }

    [Fact]
    public void Sentences_SayWhoIsMeant()
    {
        var texts = Code("src").Concat(Code("tests")).Where(static file => Path.GetFileName(file) is not ("CueWords.cs" or "WordsTests.cs"))
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

    /// <summary>At the margin: a nested type has the name of its owner before its own.</summary>
    [GeneratedRegex(@"^(?:public|internal)[a-z ]* (?:class|struct|record|enum|interface|record struct)\s+([A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Type();

    /// <summary>As a word of a sentence or as part of a name.</summary>
    [GeneratedRegex(@"\b(?:[Ww]hoever|[Nn]obody|[Ss]omebody|[Aa]nybody|[Ee]verybody)\b|Whoever|Nobody|Somebody|Anybody|Everybody")]
    private static partial Regex Vague();
}
