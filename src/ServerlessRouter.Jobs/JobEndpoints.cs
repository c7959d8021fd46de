namespace ServerlessRouter.Jobs;

/// <summary>The paths whose requests may be answered later.</summary>
public static class JobEndpoints
{
    public const string ChatCompletions = "/v1/chat/completions";

    public static bool IsKnown(string endpoint) => endpoint == ChatCompletions;
}
