namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Whose wire format a request to a <see cref="FakeUpstream"/> was in, told by its path.</summary>
public enum Dialect
{
    Unknown,
    OpenAi,
    AzureOpenAi,
    Anthropic,

    /// <summary>OpenAI's responses, also on Azure's paths.</summary>
    Responses,
}
