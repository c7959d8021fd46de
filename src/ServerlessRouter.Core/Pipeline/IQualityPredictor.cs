namespace ServerlessRouter.Pipeline;

/// <summary>Predicts from the text of a request how well each configured model would answer, learnt from a team's own graded outcomes.</summary>
public interface IQualityPredictor
{
    /// <summary>
    /// Fills one number for each model of the configuration, in its order: quality 0..1, or not a number for a model it does not know. Answers how far to trust it on this text, 0..1.
    /// Neither waits nor reads files.
    /// </summary>
    float Predict(ReadOnlySpan<byte> utf8Text, Span<float> quality);
}
