using System.Text;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.OpenAI;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public class OpenAIUsageReaderTests
{
    [Theory]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}""", 10, 5)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"completion_tokens_details":{"reasoning_tokens":4}}""", 10, 5)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":55,"completion_tokens_details":{"reasoning_tokens":40}}""", 10, 45)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":198,"total_tokens":623}""", 20, 603)]
    [InlineData("""{"prompt_tokens":21,"completion_tokens":0,"total_tokens":81,"completion_tokens_details":{"reasoning_tokens":60}}""", 21, 60)]
    [InlineData("""{"prompt_tokens":21,"completion_tokens":10,"completion_tokens_details":{"reasoning_tokens":60}}""", 21, 70)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":12}""", 10, 5)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":2147483647}""", 10, 5)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":1e300}""", 10, 5)]
    [InlineData("""{"prompt_tokens":-10,"completion_tokens":5}""", 0, 5)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":-5}""", 10, 0)]
    [InlineData("""{"prompt_tokens":1e300,"completion_tokens":5}""", int.MaxValue, 5)]
    [InlineData("""{"prompt_tokens":10.0,"completion_tokens":5}""", 10, 5)]
    public void Read_CountsThatDisagree_AreWhatTheVendorBills(string usage, int prompt, int answer)
    {
        var read = Read(usage);

        Assert.Equal((prompt, answer), (read!.Value.PromptTokens, read.Value.CompletionTokens));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"total_tokens":15}""")]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":-1}""")]
    [InlineData("""{"prompt_tokens":null,"completion_tokens":[1]}""")]
    public void Read_NothingCounted_IsNone(string usage) => Assert.Null(Read(usage));

    [Theory]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":3,"cache_write_tokens":4}}""", 3, 4, 0)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"prompt_cache_hit_tokens":6,"prompt_cache_miss_tokens":3}""", 6, 0, 0)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"cache_creation_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":5}}""", 0, 7, 5)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"prompt_tokens_details":{"cache_creation_token_details":{"ephemeral_1h_input_tokens":5}}}""", 0, 5, 5)]
    public void Read_CachesTokens_HoweverTheVendorCallsThem(string usage, int cached, int written, int hour)
    {
        var read = Read(usage)!.Value;

        Assert.Equal((cached, written, hour), (read.CachedTokens, read.CacheWriteTokens, read.HourCacheWriteTokens));
    }

    [Theory]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"cost":0.25}""", 0.25)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"cost":0.25,"is_byok":false,"cost_details":{"upstream_inference_cost":4}}""", 0.25)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"cost":0.25,"is_byok":true,"cost_details":{"upstream_inference_cost":4}}""", 4.25)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"cost_details":{"upstream_inference_cost":4},"is_byok":true,"cost":0}""", 4.0)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"cost":{"input_tokens_cost":0.1,"output_tokens_cost":0.2,"request_cost":0.5,"total_cost":0.8}}""", 0.8)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"cost_in_usd_ticks":2500000000}""", 0.25)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"cost":-1}""", null)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"cost":1e300}""", null)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":5,"cost":"much"}""", null)]
    [InlineData("""{"cost":[1,{"prompt_tokens":1}],"prompt_tokens":9,"completion_tokens":5}""", null)]
    public void Read_Cost_AsVendorsTellIt(string usage, double? expected)
    {
        var read = Read(usage)!.Value;

        Assert.Equal((decimal?)expected, read.ReportedCostUsd);
        Assert.Equal((9, 5), (read.PromptTokens, read.CompletionTokens));
    }

    [Fact]
    public void Read_TwoCostsOfTheLargestNumber_DoNotOverflow() =>
        Assert.NotNull(Read("""{"prompt_tokens":9,"completion_tokens":5,"cost":79228162514264337593543950335,"is_byok":true,"cost_details":{"upstream_inference_cost":79228162514264337593543950335}}"""));

    private static TokenUsage? Read(string usage)
    {
        var reader = new JsonTokenReader(Encoding.UTF8.GetBytes(usage));
        Assert.True(reader.Read());
        return OpenAIUsageReader.Read(ref reader);
    }
}
