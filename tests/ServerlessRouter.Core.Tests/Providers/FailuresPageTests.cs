using System.Text;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers.Failures;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>The lists of wordings in <c>docs/failures.md</c> are the router's own.</summary>
public sealed class FailuresPageTests
{
    private const string UpdateVariable = "UPDATE_FAILURES_PAGE";
    private const string Begin = "<!-- wordings: written by FailuresPageTests -->";

    [Fact]
    public void Page_Now_ListsEveryWording()
    {
        var path = Path.Combine(RepositoryFolder.Path, "docs", "failures.md");
        var page = File.ReadAllText(path);
        var written = page[..page.IndexOf(Begin, StringComparison.Ordinal)] + Begin + "\n" + Lists();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(path, written);

        Assert.True(
            File.ReadAllText(path) == written,
            $"docs/failures.md does not list the router's wordings. Write it anew: {UpdateVariable}=1 dotnet test tests/ServerlessRouter.Core.Tests --filter FailuresPageTests");
    }

    private static string Lists()
    {
        var text = new StringBuilder();
        foreach (var kind in VendorWordings.All.GroupBy(wording => wording.Means))
        {
            text.Append($"\n### {TitleOf(kind.Key)}\n| words | where | who says so |\n| --- | --- | --- |\n");
            foreach (var wording in kind)
                text.Append($"| `{(wording.Words.Contains('`', StringComparison.Ordinal) ? wording.Words.Replace('`', '\'') : wording.Words)}` | {PlaceOf(wording.Place)} | {wording.Vendors} |\n");
        }

        return text.ToString();
    }

    private static string TitleOf(FailureKind kind) => kind switch
    {
        FailureKind.RequestRejected => "The request itself",
        FailureKind.ContentFiltered => "A content filter",
        FailureKind.QuotaExhausted => "Credit used up",
        FailureKind.NotExpressible => "This deployment cannot take the request",
        FailureKind.ContextLengthExceeded => "The prompt is too long",
        FailureKind.CredentialRefused => "The router's credential",
        FailureKind.DeploymentNotFound => "The model is gone",
        FailureKind.RateLimited => "Too fast",
        FailureKind.Overloaded => "Too busy",
        FailureKind.ServerError => "The server failed",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The page has no heading for it."),
    };

    private static string PlaceOf(WordingPlace place) => place switch
    {
        WordingPlace.Sign => "code",
        WordingPlace.BareCode => "code, no type beside it",
        WordingPlace.Text => "text",
    };
}
