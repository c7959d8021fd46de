namespace ServerlessRouter.Training.Learning;

/// <summary>What the outputs of a linear model stand for while it learns.</summary>
internal enum LinearLoss
{
    /// <summary>One label of several: probabilities add up to one.</summary>
    OneOf,

    /// <summary>Each output is a probability of its own.</summary>
    Independent,
}
