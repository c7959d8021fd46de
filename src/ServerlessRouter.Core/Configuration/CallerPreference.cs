namespace ServerlessRouter.Configuration;

/// <summary>What a caller, or its whole tier, wants most of an answer; replaces the preference of the route's objective.</summary>
public enum CallerPreference
{
    /// <summary>The cheapest of those good enough.</summary>
    Cost,

    /// <summary>The fastest of those good enough.</summary>
    Latency,

    /// <summary>The best at what the request was taken for.</summary>
    Quality,

    /// <summary>The best at creative writing, whatever the request was taken for.</summary>
    Creative,

    /// <summary>The best at questions of fact, whatever the request was taken for.</summary>
    Factual,

    /// <summary>The best at code, whatever the request was taken for.</summary>
    Code,

    /// <summary>The best at mathematics, whatever the request was taken for.</summary>
    Math,

    /// <summary>The best at reasoning, whatever the request was taken for.</summary>
    Reasoning,
}
