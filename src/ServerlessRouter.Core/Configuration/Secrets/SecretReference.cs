namespace ServerlessRouter.Configuration.Secrets;

/// <summary>Where a secret is, as the configuration writes it: <c>scheme:name</c>.</summary>
internal readonly record struct SecretReference(string Scheme, string Name)
{
    /// <summary>Null when the text is no reference, and so perhaps a secret.</summary>
    public static SecretReference? Parse(string? text)
    {
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon <= 0 || colon == text!.Length - 1 || !SecretSchemes.All.Contains(text[..colon]))
            return null;
        return new SecretReference(text[..colon], text[(colon + 1)..]);
    }

    public override string ToString() => $"{Scheme}:{Name}";
}
