namespace ServerlessRouter.Training.Learning;

/// <summary>The features of one training text.</summary>
internal sealed record TrainingText(uint[] Hashes, float[] Handcrafted);
