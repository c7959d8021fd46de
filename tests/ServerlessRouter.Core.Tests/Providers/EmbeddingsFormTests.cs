using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>What becomes of vendors' answers on their way to a caller of embeddings: the faults are those that others' users have met.</summary>
public sealed class EmbeddingsFormTests
{
    private static readonly float[] Numbers = [0.25f, -1.5f, 3.4028235e38f, 1.17549435e-38f, -0f, 0.1f, 1e-5f];

    [Theory]
    [InlineData(VectorEncoding.Float)]
    [InlineData(VectorEncoding.Base64)]
    public void Fit_AnswerAsAskedFor_IsNotTouched(VectorEncoding encoding)
    {
        var body = $$"""{ "object":"list", "data":[ {"object":"embedding","index":0,"embedding":{{Written(encoding)}},"extra":1} ],"usage":{"prompt_tokens":1,"total_tokens":1} }""";

        Assert.Equal(body, Fit(body, encoding: encoding));
    }

    [Theory]
    [InlineData(VectorEncoding.Float, VectorEncoding.Base64)]
    [InlineData(VectorEncoding.Base64, VectorEncoding.Float)]
    public void Fit_OtherEncodingThanAskedFor_IsConvertedBitForBit(VectorEncoding sent, VectorEncoding asked)
    {
        var answer = JsonNode.Parse(Fit($$"""{"object":"list","data":[{"index":0,"embedding":{{Written(sent)}}}],"model":"m"}""", encoding: asked))!;

        Assert.Equal(MemoryMarshal.AsBytes<float>(Numbers), MemoryMarshal.AsBytes<float>(VectorOf(answer["data"]![0]!)));
        Assert.Equal(("list", "m", "embedding"), ((string)answer["object"]!, (string)answer["model"]!, (string)answer["data"]![0]!["object"]!));
    }

    [Fact]
    public void Fit_AnyFinitePattern_SurvivesThereAndBack()
    {
        var random = new SeededRandomSource(7);
        var numbers = new float[4096];
        for (var place = 0; place < numbers.Length; place++)
            numbers[place] = BitConverter.Int32BitsToSingle(random.Next(int.MaxValue)) is var number && float.IsFinite(number) ? number : 0;
        var base64 = Convert.ToBase64String(MemoryMarshal.AsBytes<float>(numbers));

        var floats = Fit($$"""{"data":[{"index":0,"embedding":"{{base64}}"}]}""");

        Assert.Equal(base64, (string)JsonNode.Parse(Fit(floats, encoding: VectorEncoding.Base64))!["data"]![0]!["embedding"]!);
    }

    [Fact]
    public void Fit_SlashesEscapedAsPhpDoes_AreDecoded()
    {
        var base64 = Convert.ToBase64String(MemoryMarshal.AsBytes<float>([BitConverter.Int32BitsToSingle(0x3fffffff)]));
        Assert.Contains('/', base64);

        var answer = Fit($$"""{"data":[{"index":0,"embedding":"{{base64.Replace("/", "\\/", StringComparison.Ordinal)}}"}]}""");

        Assert.Equal(0x3fffffff, BitConverter.SingleToInt32Bits((float)JsonNode.Parse(answer)!["data"]![0]!["embedding"]![0]!));
    }

    [Theory]
    [InlineData("2,0,1", "2,3,1")]
    [InlineData("0,1,2", "1,2,3")]
    // Every index 0, as some servers send it.
    [InlineData("0,0,0", "1,2,3")]
    // No index at all.
    [InlineData("-,-,-", "1,2,3")]
    // Numbered on from what others asked for in the same run of the model.
    [InlineData("4,5,6", "1,2,3")]
    public void Fit_IndexesInAnyOrder_VectorsStandInTheOrderOfTheInputs(string indexes, string first)
    {
        var items = indexes.Split(',').Select((index, place) => index == "-" ? $$"""{"embedding":[{{place + 1}}]}""" : $$"""{"index":{{index}},"embedding":[{{place + 1}}]}""");

        var data = JsonNode.Parse(Fit($$"""{"data":[{{string.Join(',', items)}}]}""", inputs: 3))!["data"]!.AsArray();

        Assert.Equal(first, string.Join(',', data.Select(static item => (int)item!["embedding"]![0]!)));
        Assert.Equal([0, 1, 2], data.Select(static item => (int)item!["index"]!));
    }

    [Theory]
    [InlineData("""{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}""", 2, "does not say which vector belongs to which input")]
    [InlineData("""{"index":0,"embedding":[1]},{"index":1,"embedding":[1]},{"index":1,"embedding":[1]}""", 3, "does not say which vector belongs to which input")]
    [InlineData("""{"index":0,"embedding":[1]},{"embedding":[1]}""", 2, "does not say which vector belongs to which input")]
    [InlineData("""{"index":0,"embedding":[1]}""", 2, "has 1 vectors for 2 inputs")]
    [InlineData("""{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}""", 1, "has 2 vectors for 1 inputs")]
    [InlineData("""{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1]}""", 2, "differ in length")]
    [InlineData("""{"index":0,"embedding":[]}""", 1, "no vector where one belongs")]
    [InlineData("""{"index":0,"embedding":null}""", 1, "no vector where one belongs")]
    [InlineData("""{"index":0,"embedding":{}}""", 1, "no vector where one belongs")]
    [InlineData("""{"index":0}""", 1, "no vector where one belongs")]
    [InlineData("7", 1, "no vector where one belongs")]
    [InlineData("""{"em\ud800":[1]}""", 1, "no vector where one belongs")]
    [InlineData("""{"index":0,"embedding":[1,null]}""", 1, "numbers that are none")]
    [InlineData("""{"index":0,"embedding":[1,"NaN"]}""", 1, "numbers that are none")]
    [InlineData("""{"index":0,"embedding":[[1]]}""", 1, "numbers that are none")]
    [InlineData("""{"index":0,"embedding":[1e39]}""", 1, "numbers that are none")]
    [InlineData("""{"index":0,"embedding":[-1E999]}""", 1, "numbers that are none")]
    // NaN and infinity in single precision.
    [InlineData("""{"index":0,"embedding":"AADAfw=="}""", 1, "numbers that are none")]
    [InlineData("""{"index":0,"embedding":"AACAPwAAgP8="}""", 1, "numbers that are none")]
    [InlineData("""{"index":0,"embedding":"AAAA"}""", 1, "no base64 of numbers")]
    [InlineData("""{"index":0,"embedding":"not base64!"}""", 1, "no base64 of numbers")]
    [InlineData("""{"index":0,"embedding":""}""", 1, "no vector where one belongs")]
    public void Fit_VectorsThatCannotBe_AreAFailureThatOthersMayMend(string items, int inputs, string why)
    {
        var failure = Failure($$"""{"data":[{{items}}]}""", inputs);

        Assert.Equal(FailureKind.CutBeforeCommit, failure.Kind);
        Assert.Contains(why, failure.Detail, StringComparison.Ordinal);
        Assert.Equal(3, failure.Usage!.Value.PromptTokens);
    }

    [Fact]
    public void Fit_OtherWidthThanDimensions_IsTriedElsewhereAndOpensNoBreaker()
    {
        var failure = Failure("""{"data":[{"index":0,"embedding":[1,2,3]}]}""", 1, dimensions: 8);

        Assert.Equal((FailureKind.NotExpressible, "dimensions"), (failure.Kind, failure.Param));
        Assert.True(failure.Traits is { TriesOtherDeployment: true, Breaker: BreakerRule.Ignores });
        Assert.Equal("The provider's vectors have 3 numbers instead of the 8 asked for.", failure.Detail);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":5,"total_tokens":5}""", 5, true)]
    [InlineData("""{"total_tokens":5}""", 5, false)]
    [InlineData("""{"prompt_tokens":5}""", 5, false)]
    [InlineData("""{"prompt_tokens":0,"total_tokens":0}""", null, false)]
    [InlineData("""{"prompt_tokens":4,"total_tokens":9}""", 4, true)]
    [InlineData("{}", null, false)]
    [InlineData("null", null, false)]
    public void Read_Usage_IsWhatTheVendorCountsIfItCounts(string usage, int? tokens, bool isComplete)
    {
        var (pooled, length) = Pooled($$"""{"data":[{"index":0,"embedding":[1]}],"usage":{{usage}}}""");

        using var answer = OpenAIEmbeddingsAnswer.Read(pooled, length).Answer!;

        Assert.Equal(tokens, answer.Usage?.PromptTokens);
        Assert.Equal(0, answer.Usage?.CompletionTokens ?? 0);
        Assert.Equal(isComplete, !answer.UsageRange.IsEmpty);
    }

    [Theory]
    [InlineData("""{"usage":{"prompt_tokens":5,"total_tokens":5},"data":[{"embedding":[1]}]}""")]
    [InlineData("""{"data":[{"embedding":[1]}],"usage":{"prompt_tokens":5,"total_tokens":5}}""")]
    public void Fit_Rewritten_UsageIsFoundWhereItStands(string body)
    {
        var (pooled, length) = Pooled(body);
        var read = OpenAIEmbeddingsAnswer.Read(pooled, length).Answer!;

        using var answer = EmbeddingsForm.Fit(read, new EmbeddingsAsk(1, 0, VectorEncoding.Base64, null)).Answer!;

        Assert.Equal("""{"prompt_tokens":5,"total_tokens":5}""", Encoding.UTF8.GetString(answer.UsageRange.In(answer.Body.Span)));
    }

    private static string Written(VectorEncoding encoding) => encoding == VectorEncoding.Base64
        ? $"\"{Convert.ToBase64String(MemoryMarshal.AsBytes<float>(Numbers))}\""
        : "[0.25, -1.5, 3.4028235e+38, 1.17549435E-38, -0.0, 0.1, 0.00001]";

    private static float[] VectorOf(JsonNode item) => item["embedding"] is JsonArray array
        ? [.. array.Select(static number => (float)number!)]
        : MemoryMarshal.Cast<byte, float>(Convert.FromBase64String((string)item["embedding"]!)).ToArray();

    private static string Fit(string body, int inputs = 1, VectorEncoding encoding = VectorEncoding.Float)
    {
        using var answer = Result(body, inputs, encoding, null).Answer!;
        return Encoding.UTF8.GetString(answer.Body.Span);
    }

    private static AttemptFailure Failure(string body, int inputs, int? dimensions = null) => Result(body, inputs, VectorEncoding.Float, dimensions).Failure!;

    private static AttemptResult Result(string body, int inputs, VectorEncoding encoding, int? dimensions)
    {
        var (pooled, length) = Pooled(body);
        return EmbeddingsForm.Fit(new ChatAnswer(pooled, length) { Usage = new(3, 0) }, new EmbeddingsAsk(inputs, 0, encoding, dimensions));
    }

    private static (byte[] Pooled, int Length) Pooled(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var pooled = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(pooled, 0);
        return (pooled, bytes.Length);
    }
}
