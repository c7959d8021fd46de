using System.Collections.Frozen;
using ServerlessRouter.Admission;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Admission;

public sealed class AdmissionStageTests
{
    private static RouterBuilder Open => new RouterBuilder()
        .Model("mini").Model("large").Model("llama3:8b").Model("odd:floor").Route("auto", route => route.Candidates("mini", "large"));

    private static RouterBuilder Keyed => Open.Key("sk-ann", "ann", "pro").Key("sk-bob-ключ", "bob", "free", minimumQuality: 0, "auto", "mini");

    [Fact]
    public void NoKeysConfigured_EveryoneIsAnonymous()
    {
        var context = Admit(Open, headers: ("authorization", "Bearer whatever"));

        Assert.Null(context.CallerName);
        Assert.Equal(TierModel.DefaultName, context.Tier.Name);
    }

    [Theory]
    [InlineData("authorization", "Bearer sk-ann")]
    [InlineData("Authorization", "bearer   sk-ann ")]
    [InlineData("api-key", "sk-ann")]
    [InlineData("x-api-key", "sk-ann")]
    public void KnownKey_InAnyHeader_IsItsCaller(string header, string value)
    {
        var context = Admit(Keyed, headers: (header, value));

        Assert.Equal("ann", context.CallerName);
        Assert.Equal("pro", context.Tier.Name);
    }

    [Fact]
    public void KeyOutsideAscii_IsHashedAsUtf8() => Assert.Equal("bob", Admit(Keyed, headers: ("x-api-key", "sk-bob-ключ")).CallerName);

    [Fact]
    public void AuthorizationOfAnotherScheme_NextHeaderIsRead() =>
        Assert.Equal("ann", Admit(Keyed, headers: [("authorization", "Basic YTpi"), ("api-key", "sk-ann")]).CallerName);

    [Theory]
    [InlineData("other", "sk-ann")]
    [InlineData("authorization", "Bearer ")]
    [InlineData("authorization", "")]
    [InlineData("x-api-key", "  ")]
    public void NoKey_IsRefusedAndToldWhereToSendIt(string header, string value)
    {
        var error = Refuse(Keyed, headers: (header, value));

        Assert.Equal(RouterErrorCode.InvalidApiKey, error.Code);
        Assert.Equal(401, error.Status);
        Assert.Contains("Authorization: Bearer", error.Message, StringComparison.Ordinal);
        Assert.Contains("'api-key: KEY'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'x-api-key: KEY'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sk-wrong")]
    [InlineData("SK-ANN")]
    [InlineData("sk-annn")]
    public void UnknownKey_IsRefusedWithoutRepeatingIt(string key)
    {
        var error = Refuse(Keyed, headers: ("api-key", key));

        Assert.Equal(RouterErrorCode.InvalidApiKey, error.Code);
        Assert.Contains("'api-key'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KeyOfAMegabyte_IsRefused() => Assert.Equal(RouterErrorCode.InvalidApiKey, Refuse(Keyed, headers: ("api-key", new string('k', 1 << 20))).Code);

    [Theory]
    [InlineData("auto", "auto", null)]
    [InlineData("mini", "mini", null)]
    [InlineData("auto:nitro", "auto", CandidateSort.Throughput)]
    [InlineData("mini:floor", "mini", CandidateSort.Price)]
    [InlineData("mini:exacto", "mini", CandidateSort.Quality)]
    [InlineData("llama3:8b", "llama3:8b", null)]
    [InlineData("llama3:8b:floor", "llama3:8b", CandidateSort.Price)]
    [InlineData("odd:floor", "odd:floor", null)]
    public void Model_IsRouteOrModelPerhapsWithASuffix(string model, string route, CandidateSort? sort)
    {
        var context = Admit(Open, model);

        Assert.Equal(route, context.Route.Name);
        Assert.Equal(sort, context.Sort);
    }

    [Theory]
    [InlineData("mimi", "'mini'")]
    [InlineData("Auto", "'auto'")]
    [InlineData("larg:nitro", "'large'")]
    [InlineData("mini:fast", "'mini'")]
    public void UnknownModel_IsNotFoundAndToldTheNearest(string model, string nearest)
    {
        var error = Refuse(Open, model);

        Assert.Equal(RouterErrorCode.ModelNotFound, error.Code);
        Assert.Equal(404, error.Status);
        Assert.Equal("model", error.Param);
        Assert.Contains($"'{model}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(nearest, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownModel_NearestIsForbidden_IsNotNamed() =>
        Assert.DoesNotContain("'large'", Refuse(Keyed, "larg", ("x-api-key", "sk-bob-ключ")).Message, StringComparison.Ordinal);

    [Fact]
    public void UnknownModel_NothingIsNear_SuggestsNothing() =>
        Assert.DoesNotContain("Did you mean", Refuse(Open, "quetzalcoatlus").Message, StringComparison.Ordinal);

    [Fact]
    public void UnknownModel_NameOfAMegabyte_IsNotRepeatedInFull() => Assert.InRange(Refuse(Open, new string('x', 1 << 20)).Message.Length, 1, 300);

    [Fact]
    public void TierMayNotUseIt_IsDenied()
    {
        var error = Refuse(Keyed, "large", ("x-api-key", "sk-bob-ключ"));

        Assert.Equal(RouterErrorCode.PermissionDenied, error.Code);
        Assert.Equal(403, error.Status);
        Assert.Contains("'free'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'large'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyModels_FirstUsableLeads()
    {
        var context = Admit(Keyed, """{"models":["nowhere","large","mini:floor","auto"],"messages":[{"role":"user","content":"x"}]}"""u8.ToArray(), ("x-api-key", "sk-bob-ключ"));

        Assert.Equal("mini", context.Route.Name);
        Assert.Equal(CandidateSort.Price, context.Sort);
    }

    [Fact]
    public void OnlyModels_NoneUsable_FirstOneIsToBlame()
    {
        var error = Refuse(Open, """{"models":["nowhere","neither"],"messages":[{"role":"user","content":"x"}]}"""u8.ToArray());

        Assert.Equal(RouterErrorCode.ModelNotFound, error.Code);
        Assert.Equal("models", error.Param);
        Assert.Contains("'nowhere'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("large")]
    [InlineData("large:floor")]
    public void KeyWithNamesOfItsOwn_MayAskForNoOther(string model)
    {
        var error = Refuse(Open.Key("sk-ann", "ann", Narrowed), model, ("x-api-key", "sk-ann"));

        Assert.Equal((RouterErrorCode.PermissionDenied, "model"), (error.Code, error.Param));
        Assert.StartsWith("This key may not use 'large'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KeyWithNamesOfItsOwn_IsOnTheRequestWithWhatItIsFiledUnder()
    {
        var context = Admit(Open.Key("sk-ann", "ann", Narrowed), "mini", ("x-api-key", "sk-ann"));

        Assert.Equal("search", context.Caller!.Tags["team"]);
        Assert.True(context.Allows("auto"));
        Assert.False(context.Allows("large"));
    }

    [Theory]
    [InlineData("ann", "pro")]
    [InlineData("bob", "free")]
    public void RecalledCaller_NeedsNoKeyAndHasTheTierOfToday(string caller, string tier)
    {
        var (context, error) = Run(Keyed, ChatBodies.Plain(model: "auto"), [], new RecalledCaller(caller));

        Assert.Null(error);
        Assert.Equal((caller, tier), (context.CallerName, context.Tier.Name));
    }

    [Fact]
    public void RecalledCaller_MayNotUseWhatItsTierMayNot() =>
        Assert.Equal(RouterErrorCode.PermissionDenied, Run(Keyed, ChatBodies.Plain(model: "large"), [], new RecalledCaller("bob")).Error!.Code);

    [Theory]
    [InlineData("eve")]
    [InlineData(null)]
    public void RecalledCaller_WhoseKeyIsGone_IsRefusedWhateverTheHeadersSay(string? caller)
    {
        var (_, error) = Run(Keyed, ChatBodies.Plain(), [("x-api-key", "sk-ann")], new RecalledCaller(caller));

        Assert.Equal(RouterErrorCode.InvalidApiKey, error!.Code);
    }

    [Fact]
    public void RecalledCaller_NoKeysConfigured_IsAdmittedByName() =>
        Assert.Equal("ann", Run(Open, ChatBodies.Plain(), [], new RecalledCaller("ann")).Context.CallerName);

    private static CallerModel Narrowed(CallerModel caller) => caller with { Allowed = FrozenSet.Create("auto", "mini"), Tags = new Dictionary<string, string> { ["team"] = "search" }.ToFrozenDictionary() };

    private static RequestContext Admit(RouterBuilder router, string model = "auto", params (string, string)[] headers) =>
        Admit(router, ChatBodies.Plain(model: model), headers);

    private static RequestContext Admit(RouterBuilder router, byte[] body, params (string, string)[] headers)
    {
        var (context, error) = Run(router, body, headers);
        Assert.Null(error);
        return context;
    }

    private static RouterError Refuse(RouterBuilder router, string model = "auto", params (string, string)[] headers) =>
        Refuse(router, ChatBodies.Plain(model: model), headers);

    private static RouterError Refuse(RouterBuilder router, byte[] body, params (string, string)[] headers)
    {
        var (_, error) = Run(router, body, headers);
        return Assert.IsType<RouterError>(error);
    }

    private static (RequestContext Context, RouterError? Error) Run(RouterBuilder router, byte[] body, (string, string)[] headers, RecalledCaller? recalled = null)
    {
        var context = new RequestContext("r-1", router.Build(), ScannedRequest.Of(body), new ListedHeaders(headers), receivedAt: 1) { Recalled = recalled };
        var isAdmitted = false;
        var outcome = new AdmissionStage().InvokeAsync(context, Next, CancellationToken.None).AsTask();
        Assert.True(outcome.IsCompletedSuccessfully);
        return (context, isAdmitted ? null : Assert.IsType<ChatOutcome.Failed>(outcome.GetAwaiter().GetResult()).Error);

        ValueTask<ChatOutcome> Next(RequestContext admitted, CancellationToken cancellationToken)
        {
            isAdmitted = true;
            return new(new ChatOutcome.Failed(new RouterError(RouterErrorCode.Internal, "nothing follows here")));
        }
    }
}
