namespace ServerlessRouter.Configuration.Written;

/// <summary>
/// What is known about a member of the configuration as written: one place for the validation of its shape and for the JSON Schema that editors use.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MemberAttribute(string description) : Attribute
{
    /// <summary>What it means, with its unit and its default; the words in braces that <see cref="KindLists.Fill"/> knows stand for kinds of provider.</summary>
    public string Description { get; } = description;

    /// <summary>It must be written.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Inclusive lower bound of a number, or of the values of a map of numbers.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Inclusive upper bound of a number, or of the values of a map of numbers.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>The names a text, the elements of a list or the keys of a map must come from.</summary>
    public NameTable Names { get; init; }

    /// <summary>The text must not be repeated in messages, whatever it is.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Of a list: one element may stand in its place, and is then the only one.</summary>
    public bool MayBeOne { get; init; }

    /// <summary>Of an object: a text may stand in its place, and is then the member of this name; none where empty.</summary>
    public string TextMember { get; init; } = "";

    /// <summary>The map must stay empty in this version.</summary>
    public bool IsReserved { get; init; }
}
