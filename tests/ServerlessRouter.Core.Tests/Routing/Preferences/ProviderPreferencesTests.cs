using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing.Preferences;

public sealed class ProviderPreferencesTests
{
    private static RouterBuilder Router => new RouterBuilder()
        .Provider("azure", provider => provider.Region("eastus2").KeepsNothing())
        .Provider("openai", provider => provider.CollectsData())
        .Provider("claude", provider => provider.Kind(ProviderKinds.Anthropic))
        .Model("gpt", model => model.Price(1, 4).Quality(0.6f).At("azure").At("openai"))
        .Model("opus", model => model.Price(5, 25, perRequest: 0.01m).Quality(0.9f).Can(Capabilities.Tools).At("claude"))
        .Route("auto", route => route.Candidates("gpt", "opus").Prefer(ObjectiveNames.Order));

    [Theory]
    [InlineData("""{"only":["azure"]}""", "azure/gpt")]
    [InlineData("""{"only":["AZURE"]}""", "azure/gpt")]
    [InlineData("""{"only":["azure/eastus2"]}""", "azure/gpt")]
    [InlineData("""{"only":["azure","claude"]}""", "azure/gpt claude/opus")]
    [InlineData("""{"only":[]}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"only":null,"sort":null,"max_price":null,"zdr":null,"order":null}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"ignore":["azure"]}""", "openai/gpt claude/opus")]
    [InlineData("""{"ignore":["azure/eastus2"]}""", "openai/gpt claude/opus")]
    [InlineData("""{"ignore":["azure/westus"]}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"ignore":["azur"]}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"only":["azure","openai"],"ignore":["openai"]}""", "azure/gpt")]
    [InlineData("""{"data_collection":"deny"}""", "azure/gpt claude/opus")]
    [InlineData("""{"data_collection":"allow"}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"zdr":true}""", "azure/gpt")]
    [InlineData("""{"zdr":false}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"order":["openai"]}""", "openai/gpt azure/gpt claude/opus")]
    [InlineData("""{"order":["openai"],"allow_fallbacks":false}""", "openai/gpt")]
    [InlineData("""{"order":["claude","openai","azure"],"allow_fallbacks":true}""", "openai/gpt azure/gpt claude/opus")]
    [InlineData("""{"max_price":{"prompt":1}}""", "azure/gpt openai/gpt")]
    [InlineData("""{"max_price":{"prompt":"1.0","completion":"4"}}""", "azure/gpt openai/gpt")]
    [InlineData("""{"max_price":{"completion":24.99}}""", "azure/gpt openai/gpt")]
    [InlineData("""{"max_price":{"completion":25}}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"max_price":{"request":"0.009"}}""", "azure/gpt openai/gpt")]
    [InlineData("""{"max_price":{"image":0,"audio":"0"}}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"sort":"exacto"}""", "claude/opus azure/gpt openai/gpt")]
    [InlineData("""{"sort":"price"}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"sort":{"by":"exacto"}}""", "claude/opus azure/gpt openai/gpt")]
    [InlineData("""{"sort":"throughput"}""", "claude/opus openai/gpt azure/gpt")]
    [InlineData("""{"sort":"latency"}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"preferred_min_throughput":90}""", "claude/opus azure/gpt openai/gpt")]
    [InlineData("""{"preferred_min_throughput":40}""", "openai/gpt azure/gpt claude/opus")]
    [InlineData("""{"preferred_min_throughput":{"p50":10,"p90":40}}""", "openai/gpt azure/gpt claude/opus")]
    [InlineData("""{"preferred_max_latency":0.5}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"preferred_max_latency":{"p50":0.05}}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"preferred_max_latency":{"p99":9,"p50":null}}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"preferred_max_latency":{"p90":1.5}}""", "azure/gpt openai/gpt claude/opus")]
    public void Provider_SaysWhichDeploymentsAndInWhatOrder(string provider, string expected)
    {
        var vitals = new KnownVitals().Set("azure/gpt", 0.2, 30).Set("openai/gpt", 1.0, 60).Set("claude/opus", 2.0, 90);

        var run = new RoutingRun(Router, vitals).Route(fields: $"\"provider\":{provider}");

        Assert.Equal(expected, string.Join(' ', Deployments(run)));
    }

    [Theory]
    [InlineData("""{"preferred_max_latency":{"p50":1}}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"preferred_max_latency":{"p50":1,"p99":3}}""", "openai/gpt azure/gpt claude/opus")]
    [InlineData("""{"preferred_max_latency":{"p75":0.3}}""", "claude/opus azure/gpt openai/gpt")]
    [InlineData("""{"preferred_min_throughput":{"p50":25}}""", "azure/gpt openai/gpt claude/opus")]
    [InlineData("""{"preferred_min_throughput":{"p90":25}}""", "openai/gpt azure/gpt claude/opus")]
    public void Provider_PrefersPercentiles_EachIsHeldAgainstItsOwn(string provider, string expected)
    {
        var vitals = new KnownVitals()
            .Spread("azure/gpt", new Percentiles(50, 0.2, 0.9, 2, 4, 8), new Percentiles(50, 30, 25, 20, 15, 10))
            .Spread("openai/gpt", new Percentiles(50, 0.8, 0.9, 1, 1, 1), new Percentiles(50, 30, 30, 30, 30, 30));

        var run = new RoutingRun(Router, vitals).Route(fields: $"\"provider\":{provider}");

        Assert.Equal(expected, string.Join(' ', Deployments(run)));
    }

    [Theory]
    [InlineData("""{"only":["openai"]}""", ExclusionReason.ProviderFilter, "provider.only")]
    [InlineData("""{"ignore":["claude"]}""", ExclusionReason.ProviderFilter, "provider.ignore")]
    [InlineData("""{"order":["azure"],"allow_fallbacks":false}""", ExclusionReason.ProviderFilter, "provider.order with allow_fallbacks: false")]
    [InlineData("""{"zdr":true}""", ExclusionReason.Privacy, "zdr")]
    [InlineData("""{"max_price":{"prompt":"4.5"}}""", ExclusionReason.MaxPrice, "prompt 5 > 4.5 USD per million")]
    public void Provider_ExcludesAModel_WithItsReason(string provider, ExclusionReason reason, string detail)
    {
        var run = new RoutingRun(Router).Route(fields: $"\"provider\":{provider}");

        Assert.Equal(new Exclusion("opus", reason, detail), Assert.Single(run.Plan.Exclusions));
    }

    [Theory]
    [InlineData("seed", "7")]
    [InlineData("logit_bias", "{}")]
    [InlineData("reasoning", "{}")]
    [InlineData("top_k", "4")]
    public void RequireParameters_DeploymentWouldIgnoreOne_IsExcluded(string parameter, string value)
    {
        var router = Router.Model("able", model => model.Can(~Capabilities.Embeddings).At("openai"))
            .Model("dropping", model => model.Can(~Capabilities.Embeddings).Drops("top_k").At("claude"))
            .Route("two", route => route.Candidates("dropping", "opus", "able").Prefer(ObjectiveNames.Order));
        var sent = $"\"{parameter}\":{value}";

        var strict = new RoutingRun(router).Route("two", $"{sent},\"provider\":{{\"require_parameters\":true}}");
        var relaxed = new RoutingRun(router).Route("two", $"{sent},\"provider\":{{\"require_parameters\":false}}");

        Assert.Equal("able", strict.Models[^1]);
        Assert.InRange(strict.Models.Length, 1, 2);
        Assert.All(strict.Plan.Exclusions, exclusion => Assert.Equal((ExclusionReason.RequiredParameters, parameter), (exclusion.Reason, exclusion.Detail)));
        Assert.Equal(["dropping", "opus", "able"], relaxed.Models);
    }

    [Fact]
    public void Sort_AcrossModels_MixesWhatModelsAsksFor()
    {
        const string Asked = "\"models\":[\"gpt\",\"mini\"],\"provider\":{\"sort\":{\"by\":\"price\",\"partition\":\"";
        var router = Router.Model("mini", model => model.Price(0.1m, 0.1m).At("azure"));

        Assert.Equal(["mini", "gpt", "opus"], new RoutingRun(router).Route("opus", Asked + "none\"}}").Models);
        Assert.Equal(["opus", "gpt", "mini"], new RoutingRun(router).Route("opus", Asked + "model\"}}").Models);
    }

    [Fact]
    public void Sort_BeforeSuffixAndHeader()
    {
        var run = new RoutingRun(Router).Route("auto:floor", "\"provider\":{\"sort\":\"exacto\"}", headers: ("x-router-prefer", "cost"));

        Assert.Equal("sort:exacto", run.Plan.Objective);
        Assert.Equal("opus", run.Models[0]);
    }

    [Theory]
    [InlineData("""{"zdr":true}""", RouterErrorCode.PrivacyRestricted, 404)]
    [InlineData("""{"only":["claude/westeurope"]}""", RouterErrorCode.RegionRestricted, 403)]
    [InlineData("""{"only":["nowhere"]}""", RouterErrorCode.ConstraintFiltered, 404)]
    [InlineData("""{"max_price":{"prompt":0}}""", RouterErrorCode.ConstraintFiltered, 404)]
    public void Provider_ExcludesEverything_CodeSaysWhatKind(string provider, RouterErrorCode code, int status)
    {
        var error = new RoutingRun(Router).Refuse("opus", $"\"provider\":{provider}");

        Assert.Equal(code, error.Code);
        Assert.Equal(status, error.Status);
        Assert.Contains("opus", Assert.Single(error.ExcludedBy), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"azure\"", "provider")]
    [InlineData("[]", "provider")]
    [InlineData("""{"quantisation":1}""", "provider.quantisation")]
    [InlineData("""{"quantisation":null}""", "provider.quantisation")]
    [InlineData("""{"order":"azure"}""", "provider.order")]
    [InlineData("""{"order":["azure",1]}""", "provider.order")]
    [InlineData("""{"only":{"azure":true}}""", "provider.only")]
    [InlineData("""{"ignore":[["azure"]]}""", "provider.ignore")]
    [InlineData("""{"allow_fallbacks":"no"}""", "provider.allow_fallbacks")]
    [InlineData("""{"require_parameters":1}""", "provider.require_parameters")]
    [InlineData("""{"zdr":"true"}""", "provider.zdr")]
    [InlineData("""{"data_collection":"maybe"}""", "provider.data_collection")]
    [InlineData("""{"data_collection":true}""", "provider.data_collection")]
    [InlineData("""{"sort":"speed"}""", "provider.sort")]
    [InlineData("""{"sort":["price"]}""", "provider.sort")]
    [InlineData("""{"sort":{"by":"speed"}}""", "provider.sort.by")]
    [InlineData("""{"sort":{"partition":"all"}}""", "provider.sort.partition")]
    [InlineData("""{"sort":{"order":"price"}}""", "provider.sort.order")]
    [InlineData("""{"preferred_min_throughput":"fast"}""", "provider.preferred_min_throughput")]
    [InlineData("""{"preferred_min_throughput":-1}""", "provider.preferred_min_throughput")]
    [InlineData("""{"preferred_max_latency":{"p42":1}}""", "provider.preferred_max_latency.p42")]
    [InlineData("""{"preferred_max_latency":{"p50":"1"}}""", "provider.preferred_max_latency.p50")]
    [InlineData("""{"preferred_max_latency":1e999}""", "provider.preferred_max_latency")]
    [InlineData("""{"max_price":1}""", "provider.max_price")]
    [InlineData("""{"max_price":{"prompt":"cheap"}}""", "provider.max_price.prompt")]
    [InlineData("""{"max_price":{"prompt":-1}}""", "provider.max_price.prompt")]
    [InlineData("""{"max_price":{"prompt":1e99}}""", "provider.max_price.prompt")]
    [InlineData("""{"max_price":{"image":[]}}""", "provider.max_price.image")]
    [InlineData("""{"max_price":{"video":1}}""", "provider.max_price.video")]
    [InlineData("""{"order":["\ud800"]}""", "provider")]
    public void Provider_Malformed_IsRefusedAndNamed(string provider, string param)
    {
        var error = new RoutingRun(Router).Refuse(fields: $"\"provider\":{provider}");

        Assert.Equal(RouterErrorCode.InvalidRequest, error.Code);
        Assert.Equal(400, error.Status);
        Assert.Equal(param, error.Param);
        Assert.Contains($"'{param.Split('.')[0]}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Provider_TooManyNames_IsRefused() => Assert.Equal("provider.order", new RoutingRun(Router)
        .Refuse(fields: $"\"provider\":{{\"order\":[{string.Join(',', Enumerable.Repeat("\"azure\"", 65))}]}}").Param);

    [Fact]
    public void Provider_Null_IsAsIfNotSent() => Assert.Null(new RoutingRun(Router).Route(fields: "\"provider\":null").Plan.DeploymentFilter);

    [Fact]
    public void Provider_EscapedNames_AreRead() =>
        Assert.Equal(["gpt"], new RoutingRun(Router).Route(fields: """
            "provider":{"\u006fnly":["\u0061zure"]}
            """).Models);

    private static IEnumerable<string> Deployments(RoutingRun run)
    {
        var filter = run.Plan.DeploymentFilter!;
        return run.Plan.Candidates.SelectMany(candidate => candidate.Model.Deployments
            .Where(deployment => filter.Allows(candidate.Model, deployment))
            .OrderBy(deployment => filter.Rank(candidate.Model, deployment))
            .Select(static deployment => deployment.Id));
    }
}
