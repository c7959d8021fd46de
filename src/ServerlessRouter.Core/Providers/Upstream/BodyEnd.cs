namespace ServerlessRouter.Providers.Upstream;

/// <summary>How the reading of a body ended.</summary>
internal enum BodyEnd
{
    /// <summary>At its end.</summary>
    Whole,

    /// <summary>The connection broke; what came before is there.</summary>
    Broken,

    /// <summary>It is longer than may be kept; only its last bytes are there.</summary>
    TooLarge,
}
