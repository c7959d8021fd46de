using System.Text;
using ServerlessRouter.Classification;
using ServerlessRouter.Domain;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

public sealed class TaskClassifierTests
{
    private const float RoundingError = 1e-4f;

    [Theory]
    [InlineData("Write a Python function that merges two sorted lists.", TaskKind.Code)]
    [InlineData("A train travels 120 miles in 3 hours. How many miles does it travel in 5 hours at the same speed?", TaskKind.Math)]
    [InlineData("who painted the ceiling of the sistine chapel", TaskKind.FactualQa)]
    [InlineData("Write a short story about a lighthouse keeper and her cat.", TaskKind.Creative)]
    [InlineData("Write a summary of the following article:\n\nThe council voted on Tuesday to close the old bridge for repairs. Traffic will be diverted until spring.", TaskKind.Summarization)]
    [InlineData("Translate the following sentence into Portuguese: the shop opens at nine.", TaskKind.Translation)]
    [InlineData("hello, how are you doing today?", TaskKind.Chat)]
    public void Classify_ClearPrompt_NamesItsTask(string prompt, TaskKind task)
    {
        var found = Classify(Encoding.UTF8.GetBytes(prompt));

        Assert.Equal(task, found.Task);
        Assert.False(found.Abstained);
    }

    [Theory]
    [InlineData("")]
    [InlineData("日本語の文章をよく読んで、筆者の考えを述べてください。")]
    [InlineData("Расскажите, пожалуйста, о своей семье и о том, где вы живёте.")]
    [InlineData("Bonjour, comment allez-vous aujourd'hui, et que faites-vous avec les enfants ?")]
    [InlineData("Wie kann ich mit meiner Frau und den Kindern nach Hamburg reisen?")]
    [InlineData("اكتب لي من فضلك عن مدينتك")]
    public void Classify_TextItCannotRead_Abstains(string prompt) => Assert.True(Classify(Encoding.UTF8.GetBytes(prompt)).Abstained);

    [Fact]
    public void Classify_ShortGreeting_IsEasierThanAProof()
    {
        var greeting = Classify("hi there, how are you?"u8);
        var proof = Classify("Prove that $\\sum_{k=1}^{n} k^3 = \\left(\\frac{n(n+1)}{2}\\right)^2$ for every positive integer $n$, and explain each step."u8);

        Assert.True(greeting.Difficulty < proof.Difficulty);
    }

    [Theory]
    [MemberData(nameof(HostileTexts.Names), MemberType = typeof(HostileTexts))]
    public void Classify_HostileText_GivesFiniteProbabilities(string name)
    {
        var probabilities = new float[TaskKinds.Count];

        var found = TaskClassifier.Shared.Classify(HostileTexts.Called(name), probabilities);

        Assert.All(probabilities, probability => Assert.InRange(probability, 0, 1 + RoundingError));
        Assert.InRange(probabilities.Sum(), 1 - RoundingError, 1 + RoundingError);
        Assert.InRange(found.Difficulty, 0, 1);
        Assert.Equal(probabilities.Max(), found.Confidence);
    }

    [Fact]
    public void Classify_AfterTheFirstTime_AllocatesNoBuffers()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Summarize why the river floods every spring. ", 30)));
        var probabilities = new float[TaskKinds.Count];
        TaskClassifier.Shared.Classify(text, probabilities);

        // Optimised code allocates nothing at all; unoptimised code boxes a few values.
        Assert.InRange(
            Allocated.Bytes(() =>
            {
                for (var round = 0; round < 100; round++)
                    TaskClassifier.Shared.Classify(text, probabilities);
            }), 0, 100 * 1024);
    }

    [Fact]
    public void Classify_MiddleOfALongText_DoesNotMatter()
    {
        var one = new byte[64 * 1024];
        Array.Fill(one, (byte)'a');
        var other = (byte[])one.Clone();
        "translate this into French"u8.CopyTo(other.AsSpan(32 * 1024));

        Assert.Equal(Classify(one), Classify(other));
    }

    [Fact]
    public void Explain_Translation_NamesTheWordsAndFeaturesBehindIt()
    {
        var explanation = TaskClassifier.Shared.Explain("Translate the following sentence into German: I am late."u8);

        Assert.Equal(TaskKind.Translation, explanation.Classification.Task);
        Assert.Contains(explanation.Words, word => word.Feature.Contains("translate", StringComparison.Ordinal) && word.Contribution > 0);
        Assert.Contains(explanation.Features, feature => feature is { Feature: "Translate", Contribution: > 0 });
    }

    [Fact]
    public void Explain_AnyText_AgreesWithClassify()
    {
        var text = "Which planet is the largest?"u8;

        Assert.Equal(Classify(text), TaskClassifier.Shared.Explain(text).Classification);
    }

    private static TaskClassification Classify(ReadOnlySpan<byte> text) =>
        TaskClassifier.Shared.Classify(text, stackalloc float[TaskKinds.Count]);
}
