using System.Text.RegularExpressions;
using ServerlessRouter.Http;

namespace ServerlessRouter.Core.Tests.Architecture;

/// <summary>An HTTP function as its attributes say it.</summary>
/// <param name="Name">The name the host knows it by.</param>
/// <param name="Methods">Upper case, ordered, separated by commas; empty for every method.</param>
/// <param name="Pattern">One of <see cref="EndpointPatterns"/>.</param>
internal sealed partial record FunctionSource(string Name, string Methods, string Pattern)
{
    public static FunctionSource[] ReadAll() =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "src", "ServerlessRouter.Functions", "Http"), "*.cs")
            .SelectMany(static file => Attributes().Matches(File.ReadAllText(file)))
            .Select(static match => new FunctionSource(match.Groups["name"].Value, MethodsOf(match.Groups["methods"].Value), PatternOf(match.Groups["pattern"].Value)))];

    private static string MethodsOf(string written) =>
        string.Join(',', written.ToUpperInvariant().Split([',', ' ', '"'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    private static string PatternOf(string constant) => (string)typeof(EndpointPatterns).GetField(constant)!.GetRawConstantValue()!;

    [GeneratedRegex("""\[Function\("(?<name>\w+)"\)\][^\[]*\[HttpTrigger\(AuthorizationLevel\.Anonymous,(?<methods>[^R]*) Route = EndpointPatterns\.(?<pattern>\w+)\)\]""")]
    private static partial Regex Attributes();
}
