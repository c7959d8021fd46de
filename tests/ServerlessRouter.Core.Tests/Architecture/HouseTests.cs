using System.Text.RegularExpressions;
using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Core.Tests.Architecture;

/// <summary>The rules of the house that no compiler checks.</summary>
public sealed partial class HouseTests
{
    private static readonly string[] StageFolders =
        ["Recording", "Admission", "Caching", "Classification", "Routing", "Dispatch", "Balancing", "Health", "Providers"];

    private static readonly string Root = RepositoryFolder.Path;

    public static TheoryData<string> Stages => [.. StageFolders];

    [Theory]
    [MemberData(nameof(Stages))]
    public void StageFolder_ReferencesNoOtherStageFolder(string stage)
    {
        var folder = Path.Combine(Root, "src", "ServerlessRouter.Core", stage);
        var others = string.Join('|', StageFolders.Where(other => other != stage));
        var reference = new Regex($@"\bServerlessRouter\.({others})\b");

        var offences = SourcesUnder(folder)
            .SelectMany(file => File.ReadLines(file).Where(line => reference.IsMatch(line)).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));

        Assert.Empty(offences);
    }

    [Fact]
    public void State_ReferencesNoOtherProjectOfOurs() =>
        Assert.DoesNotContain(typeof(ITableStore).Assembly.GetReferencedAssemblies(), static reference => reference.Name!.StartsWith("ServerlessRouter", StringComparison.Ordinal));

    [Fact]
    public void Core_KnowsNoServerNoHostAndNoAzureFunctions()
    {
        var forbidden = new Regex(@"\b(Microsoft\.AspNetCore|Microsoft\.Azure\.Functions|Azure\.Data\.Tables|Microsoft\.Extensions\.Hosting)\b");

        var offences = SourcesUnder(Path.Combine(Root, "src", "ServerlessRouter.Core"))
            .Concat(SourcesUnder(Path.Combine(Root, "src", "ServerlessRouter.State")))
            .Where(file => File.ReadLines(file).Any(line => forbidden.IsMatch(line)))
            .Select(Path.GetFileName);

        Assert.Empty(offences);
    }

    [Fact]
    public void SourceFile_HoldsOneTopLevelTypeNamedAfterIt()
    {
        var offences = SourcesUnder(Path.Combine(Root, "src"))
            .Where(file => Path.GetFileName(file) != "Program.cs")
            .Select(file => (File: Path.GetFileName(file), Types: TopLevelType().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value).ToArray()))
            .Where(source => source.Types.Length != 1 || source.Types[0] != source.File.Split('.')[0])
            .Select(source => $"{source.File}: {string.Join(", ", source.Types)}");

        Assert.Empty(offences);
    }

    [Fact]
    public void Functions_AreNotBuiltByPlainBuilds()
    {
        var solution = File.ReadAllText(Path.Combine(Root, "ServerlessRouter.sln"));
        var projects = Regex.Matches(solution, @"""(?<name>ServerlessRouter\.Functions[^""]*)"", ""[^""]+"", ""(?<id>\{[^}]+\})""");

        Assert.Equal(2, projects.Count);
        Assert.DoesNotContain(projects, project =>
            Regex.IsMatch(solution, Regex.Escape(project.Groups["id"].Value) + @"\.(Debug|Release)\|[^.]+\.Build\.0"));
    }

    private static IEnumerable<string> SourcesUnder(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            : [];

    [GeneratedRegex(@"^(?:public |internal |file )?(?:static |sealed |abstract |readonly |partial |unsafe |ref )*(?:class|record struct|record class|record|struct|interface|enum|delegate \S+(?:<[^(]*>)?) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();
}
