namespace ServerlessRouter.Checks.Healing;

/// <summary>What becomes of JSON that ends while a text, a list or an object is still open.</summary>
internal enum OpenEnd
{
    /// <summary>It is not healed.</summary>
    Refused,

    /// <summary>What is open is closed: the model forgot to.</summary>
    Closed,

    /// <summary>What is open is closed, and a last number is left out, because digits of it may be missing: the answer was cut.</summary>
    ClosedAsCut,
}
