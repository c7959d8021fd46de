namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Where an image or document comes from: <paramref name="Type"/> is <c>base64</c>, <c>text</c>, <c>url</c> or <c>file</c>; <paramref name="MediaType"/> is null for the last two.</summary>
internal readonly record struct MediaSource(string Type, string? MediaType, string Data);
