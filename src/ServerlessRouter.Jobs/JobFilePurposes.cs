namespace ServerlessRouter.Jobs;

/// <summary>What files are for; OpenAI's names.</summary>
public static class JobFilePurposes
{
    /// <summary>The requests of a batch.</summary>
    public const string Batch = "batch";

    /// <summary>Made by the router: the answers of a batch, or its errors.</summary>
    public const string BatchOutput = "batch_output";
}
