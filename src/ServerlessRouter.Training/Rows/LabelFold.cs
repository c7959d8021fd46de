namespace ServerlessRouter.Training.Rows;

/// <summary>Texts a label model had not seen, the labels it gave them, and the rows it was trained on, from which the baselines learn.</summary>
internal sealed record LabelFold(IReadOnlyList<LabelExample> Training, IReadOnlyList<LabelExample> Test, IReadOnlyList<string> Answers);
