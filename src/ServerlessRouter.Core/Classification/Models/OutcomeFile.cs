namespace ServerlessRouter.Classification.Models;

/// <summary>What a file made by <c>train --outcomes</c> holds.</summary>
internal sealed class OutcomeFile
{
    private readonly OutcomeModel _model;

    private OutcomeFile(OutcomeModel model) => _model = model;

    /// <summary>The models it knows.</summary>
    public IReadOnlyList<string> Models => _model.Weights.Models;

    /// <summary>The file's content, or null and what is wrong with it.</summary>
    public static OutcomeFile? TryRead(ReadOnlyMemory<byte> content, out string? problem) =>
        WeightsContent.TryRead<OutcomeModel>(content, [new(WeightsFormat.Outcomes, OutcomeModelJson.Read)], out problem) is { } model ? new OutcomeFile(model) : null;

    /// <summary>Predicts for these models, in their order.</summary>
    public OutcomeQuality For(IReadOnlyList<string> models) => new OutcomeQuality(_model, models);
}
