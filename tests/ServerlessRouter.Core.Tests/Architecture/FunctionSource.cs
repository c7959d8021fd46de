using System.Text.RegularExpressions;

namespace ServerlessRouter.Core.Tests.Architecture;

/// <summary>An HTTP function as its attributes say it.</summary>
/// <param name="Name">The name the host knows it by.</param>
/// <param name="Methods">Upper case, ordered, separated by commas; empty for every method.</param>
/// <param name="Pattern">The path without the leading slash.</param>
internal sealed partial record FunctionSource(string Name, string Methods, string Pattern)
{
    public static FunctionSource[] ReadAll() =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "src", "ServerlessRouter.Functions", "Http"), "*.cs")
            .SelectMany(static file => Attributes().Matches(File.ReadAllText(file)))
            .Select(static match => new FunctionSource(match.Groups["name"].Value, MethodsOf(match.Groups["methods"].Value), match.Groups["pattern"].Value))];

    private static string MethodsOf(string written) =>
        string.Join(',', written.ToUpperInvariant().Split([',', ' ', '"'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    // Only a function that answers as the endpoint of its own name counts.
    [GeneratedRegex("""\[Function\(nameof\((?<name>\w+)\)\)\]\s+public Task \k<name>\(\[HttpTrigger\(AuthorizationLevel\.Anonymous,(?<methods>[^R]*) Route = "(?<pattern>[^"]*)"\)\] HttpRequest request(, \[DurableClient\] DurableTaskClient client)?\) => AnswerAsync\(request(, client)?\);""")]
    private static partial Regex Attributes();
}
