namespace ServerlessRouter.Training.Evaluation;

/// <summary>One figure beside what luck, the text's length alone and knowledge of the truth would reach.</summary>
internal sealed record EvaluationFigure
{
    /// <summary>Which rows were judged, such as "rows left out".</summary>
    public required string Set { get; init; }

    public required string Metric { get; init; }

    public required FigureUnit Unit { get; init; }

    /// <summary>Costs and shares of dear calls.</summary>
    public bool IsBetterLower { get; init; }

    /// <summary>Infinite where a quality was never reached.</summary>
    public required double Result { get; init; }

    public required double Random { get; init; }

    public required double Length { get; init; }

    public required double Oracle { get; init; }

    /// <summary>Bootstrap deviation of the result: only a difference beyond two of them counts. Not a number where too few resamples had a finite result.</summary>
    public required double Deviation { get; init; }
}

/// <summary>How a figure is read.</summary>
internal enum FigureUnit
{
    /// <summary>A share or an area, about 0 to 1.</summary>
    Ratio,

    /// <summary>Parts of a hundred.</summary>
    Percent,
}
