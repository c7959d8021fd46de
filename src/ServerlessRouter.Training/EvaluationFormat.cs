namespace ServerlessRouter.Training;

/// <summary>Who reads the figures.</summary>
public enum EvaluationFormat
{
    /// <summary>A table for people.</summary>
    Table,

    /// <summary>JSON for programs.</summary>
    Json,
}
