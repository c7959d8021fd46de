using System.Text.RegularExpressions;
using Xunit;

namespace ServerlessRouter.Core.Tests.Architecture;

/// <summary>The rules of the house that no compiler checks.</summary>
public sealed partial class HouseTests
{
    /// <summary>Lines of a file that holds more than one type: types that exist only for the first may follow it.</summary>
    private const int MaxSharedLines = 200;

    private static readonly string Root = RepositoryFolder.Path;

    [Fact]
    public void SourceFile_IsNamedAfterItsFirstType_AndHoldsFurtherOnesOnlyWhileItIsShort()
    {
        var offences = SourcesUnder(Path.Combine(Root, "src"))
            .Where(file => Path.GetFileName(file) != "Program.cs")
            .Select(file => (File: Path.GetFileName(file), Text: File.ReadAllText(file)))
            .Select(source => (source.File, Lines: source.Text.Count(static letter => letter == '\n'), Types: TopLevelType().Matches(source.Text).Select(match => match.Groups["name"].Value).ToArray()))
            .Where(source => source.Types is [] || source.Types[0] != source.File.Split('.')[0] || (source.Types.Length > 1 && source.Lines > MaxSharedLines))
            .Select(source => $"{source.File}, {source.Lines} lines: {string.Join(", ", source.Types)}");

        Assert.Empty(offences);
    }

    /// <summary>What belongs to a configuration stands in a <c>ConfigurationTable</c>, whose owner follows the configuration, or on the configuration's own object.</summary>
    [Fact]
    public void State_HangsOnNoObjectByAWeakTable() =>
        Assert.DoesNotContain(SourcesUnder(Path.Combine(Root, "src")), static file => File.ReadAllText(file).Contains("ConditionalWeakTable", StringComparison.Ordinal));

    [Fact]
    public void Solution_BuildsEveryProject()
    {
        var solution = File.ReadAllText(Path.Combine(Root, "ServerlessRouter.sln"));
        string[] projects = [.. ((string[])["src", "tests"]).SelectMany(static folder => Directory.EnumerateDirectories(Path.Combine(Root, folder))).SelectMany(static folder => Directory.EnumerateFiles(folder, "*.csproj"))];

        Assert.Contains(projects, static project => Path.GetFileName(project) == "ServerlessRouter.Functions.csproj");
        Assert.All(projects, project =>
        {
            var line = Regex.Match(solution, $@"""{Regex.Escape(Path.GetRelativePath(Root, project).Replace('/', '\\'))}"", ""(?<id>\{{[^}}]+\}})""");
            Assert.True(line.Success, $"{project} is not in the solution");
            Assert.Contains($"{line.Groups["id"].Value}.Debug|Any CPU.Build.0", solution, StringComparison.Ordinal);
        });
    }

    private static IEnumerable<string> SourcesUnder(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            : [];

    [GeneratedRegex(@"^(?:public |internal |file )?(?:static |sealed |abstract |readonly |partial |unsafe |ref )*(?:class|record struct|record class|record|struct|interface|enum|delegate \S+(?:<[^(]*>)?) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();
}
