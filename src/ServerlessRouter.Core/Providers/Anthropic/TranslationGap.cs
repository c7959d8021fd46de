namespace ServerlessRouter.Providers.Anthropic;

/// <summary>The first thing in a request that the vendor's API cannot express; translation goes on and its result is thrown away.</summary>
internal sealed class TranslationGap
{
    /// <summary>What cannot be expressed, in the router's words; null while everything could be.</summary>
    public string? Detail { get; private set; }

    public void Report(string detail) => Detail ??= detail;
}
