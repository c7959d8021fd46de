namespace ServerlessRouter.Classification.Features;

/// <summary>Features thought of by hand, all scaled to 0..1. The order is part of every weights file: add at the end of a group and retrain.</summary>
internal enum HandcraftedFeature
{
    Length,
    ShortText,
    Lines,
    WordLength,
    WordsPerLine,
    DigitShare,
    UpperShare,
    PunctuationShare,
    NonAsciiShare,
    NonLatinShare,
    Numbers,
    QuestionMarks,
    EndsWithQuestion,
    EndsWithColon,
    EndsWithoutPunctuation,
    Exclamations,
    Quotes,
    Operators,
    Comparisons,
    Braces,
    Brackets,
    Parentheses,
    Semicolons,
    Underscores,
    Backslashes,
    Dollars,
    Backticks,
    CodeFence,
    Pipes,
    Tags,
    Percents,
    Colons,
    Dashes,
    ChoiceLines,
    NumberedLines,
    BulletLines,
    IndentedLines,
    BlankLines,
    SpeakerLines,
    QuestionWord,
    QuestionWordFirst,
    HowMany,
    Translate,
    TranslateAtEnds,
    LanguageNames,
    Summarize,
    SummarizeAtEnds,
    Classify,
    ClassifyAtEnds,
    Extract,
    ExtractAtEnds,
    CreativeWriting,
    CreativeWritingAtEnds,
    Programming,
    ProgrammingAtEnds,
    Mathematics,
    MathematicsAtEnds,
    Reasoning,
    ReasoningAtEnds,
    SmallTalk,
    Science,
    Law,
    Society,
    Negation,
    FirstPerson,
    SecondPerson,
    Past,
    Constraint,
    StepByStep,
    LooksLikeCode,
    LooksLikeMath,
    LooksLikeFactualQa,
    LooksLikeReasoning,
    LooksLikeCreative,
    LooksLikeSummarization,
    LooksLikeTranslation,
    LooksLikeExtraction,
    LooksLikeClassification,
    LooksLikeChat,
}

/// <summary>The names of the handcrafted features, as explanations show them.</summary>
internal static class HandcraftedFeatures
{
    private static readonly string[] AllNames = Enum.GetNames<HandcraftedFeature>();

    public static int Count => AllNames.Length;

    /// <summary>So many of them, the first ones, tell of lengths, characters and lines alone; the others of words in lists.</summary>
    public static int ShapeCount => (int)HandcraftedFeature.QuestionWord;

    public static ReadOnlySpan<string> Names => AllNames;
}
