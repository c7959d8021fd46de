namespace ServerlessRouter.Providers.Failures;

/// <summary>Where in a vendor's error a wording stands.</summary>
internal enum WordingPlace
{
    /// <summary>A whole code, type, status or reason; case, hyphens, underscores, dots and spaces do not count.</summary>
    Sign,

    /// <summary>A whole code of an error without a type: a number that means this at one vendor only.</summary>
    BareCode,

    /// <summary>Part of a text for people.</summary>
    Text,
}
