namespace ServerlessRouter.Providers.Translation;

/// <summary>Where something stands in the caller's messages; written out only where it is read.</summary>
internal readonly record struct MessagePlace(int Message, int Part = -1)
{
    public override string ToString() => Part < 0 ? $"messages[{Message}]" : $"messages[{Message}].content[{Part}]";
}
