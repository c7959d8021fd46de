namespace ServerlessRouter.Training.Evaluation;

/// <summary>How a figure is read.</summary>
internal enum FigureUnit
{
    /// <summary>A share or an area, about 0 to 1.</summary>
    Ratio,

    /// <summary>Parts of a hundred.</summary>
    Percent,
}
