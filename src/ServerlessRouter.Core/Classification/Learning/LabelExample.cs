namespace ServerlessRouter.Classification.Learning;

/// <summary>A text and the label somebody gave it.</summary>
internal sealed record LabelExample(byte[] Text, string Label);
