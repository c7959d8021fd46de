using ServerlessRouter.Domain;

namespace ServerlessRouter.Training.Rows;

/// <summary>A labelled text with its vector and with what its words alone say.</summary>
/// <param name="Row">The text and the label it was given.</param>
/// <param name="Task">The task the label names.</param>
/// <param name="Vector">Of length one.</param>
/// <param name="Words">What the classifier that ships says: a probability for each task, all alike where it abstains.</param>
/// <param name="WordsTask">The likeliest task by the words.</param>
/// <param name="IsUnsure">The words say too little, so a router would ask for the vector.</param>
internal sealed record EmbeddedExample(LabelExample Row, TaskKind Task, float[] Vector, float[] Words, TaskKind WordsTask, bool IsUnsure);
