namespace ServerlessRouter.Telemetry;

/// <summary>By which versions of OpenTelemetry's conventions for generative AI names are written.</summary>
[Flags]
public enum GenAiConventions
{
    /// <summary>Version 1.41 of the semantic conventions, the last that has them whole.</summary>
    V141 = 1,

    /// <summary>What is not released yet of <c>semantic-conventions-genai</c>.</summary>
    Latest = 2,

    /// <summary>Both at once, for a move from one to the other.</summary>
    Both = V141 | Latest,
}

/// <summary>Reads what the conventions' own variable asks for.</summary>
public static class GenAiOptIn
{
    /// <summary>A list with commas; other words in it concern others.</summary>
    public const string Variable = "OTEL_SEMCONV_STABILITY_OPT_IN";

    private const string Latest = "gen_ai_latest_experimental";
    private const string Duplicate = Latest + "/dup";

    /// <summary>Version 1.41 unless the latest names, or both, are asked for.</summary>
    public static GenAiConventions Parse(string? value)
    {
        var words = (value ?? "").Split(',', StringSplitOptions.TrimEntries);
        if (words.Contains(Duplicate, StringComparer.Ordinal))
            return GenAiConventions.Both;
        return words.Contains(Latest, StringComparer.Ordinal) ? GenAiConventions.Latest : GenAiConventions.V141;
    }
}
