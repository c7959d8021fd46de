using ServerlessRouter.FunctionalTests.Running;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>What the README shows is what happens.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-readme-");

    public ReadmeTests() => File.WriteAllText(Path.Combine(_folder.FullName, "router.json"), Example());

    private RouterSurroundings Here => new(_folder.FullName) { Variables = [("OPENAI_API_KEY", "a-key-of-no-account")] };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("What is the capital of France?", "mini")]
    [InlineData("Hello", "mini")]
    [InlineData("Translate 'good morning' into French.", "mini")]
    [InlineData("Prove that there are infinitely many primes.", "large")]
    public async Task Example_Question_GoesToTheModelTheReadmeSays(string question, string model)
    {
        var run = await RouterProcess.RunAsync(Here, "route", question);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches($@"(?m)^1  {model} ", run.Output);
    }

    [Fact]
    public async Task Example_Validated_HasNothingToComplainAbout()
    {
        var run = await RouterProcess.RunAsync(Here, "validate", "router.json");

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("warning", run.Output, StringComparison.Ordinal);
        Assert.Contains("is valid: 1 route, 2 models, 1 provider", run.Output, StringComparison.Ordinal);
    }

    private static string Example()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "README.md")))
            folder = folder.Parent ?? throw new InvalidOperationException("the README is not above the tests");
        return File.ReadAllText(Path.Combine(folder.FullName, "README.md")).Split("```jsonc\n")[1].Split("```")[0];
    }
}
