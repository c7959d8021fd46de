namespace ServerlessRouter.Configuration.Secrets;

/// <summary>A written value whose last word may refer to a secret: <c>env:NAME</c>, or <c>Bearer env:NAME</c>.</summary>
/// <param name="Before">What stands before the reference; the whole text where there is none.</param>
/// <param name="Reference">Where the rest is.</param>
internal readonly record struct SecretText(string Before, SecretReference? Reference)
{
    public static SecretText Parse(string text)
    {
        var lastWord = text.LastIndexOf(' ') + 1;
        return SecretReference.Parse(text[lastWord..]) is { } reference ? new SecretText(text[..lastWord], reference) : new SecretText(text, null);
    }

    /// <summary>The value itself; its secret was found.</summary>
    public string Resolve(ResolvedSecrets secrets) => Reference is { } reference ? Before + secrets[reference].Secret : Before;
}
