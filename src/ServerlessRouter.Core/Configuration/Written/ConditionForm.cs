namespace ServerlessRouter.Configuration.Written;

/// <summary>The forms the value of a condition may have.</summary>
internal enum ConditionForm
{
    /// <summary>A text, or a list of them of which any matches.</summary>
    Names,

    /// <summary>A text, or a list of them that must all match.</summary>
    AllNames,

    /// <summary>An object with <c>min</c>, <c>max</c> or both, inclusive.</summary>
    Range,

    /// <summary>An object of names, each with accepted values.</summary>
    Keyed,

    /// <summary>An object of names, each with accepted values or a range.</summary>
    KeyedOrRange,
}
