namespace ServerlessRouter.Training.Rows;

/// <summary>A text, the label it was given, and, where it is known, the source the text is from.</summary>
internal sealed record LabelExample(byte[] Text, string Label, string? Source = null);
