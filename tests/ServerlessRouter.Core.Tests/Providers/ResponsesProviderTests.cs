using ServerlessRouter.Configuration;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Suites;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>A deployment that answers at OpenAI's Responses API alone.</summary>
public sealed class ResponsesProviderTests : HttpChatProviderSuite
{
    public override ProviderKind Kind => ProviderKinds.OpenAI;

    protected override ProviderModel Configure() => new()
    {
        Name = "openai",
        Kind = Kind,
        Endpoint = Upstream.OpenAiAddress,
        Credential = new Credential.ApiKey(Key),
    };

    protected override LanguageModel Model(ProviderModel provider) => ProviderAttempts.Model(provider, onlyResponses: true);
}
