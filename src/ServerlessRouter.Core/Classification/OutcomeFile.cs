using System.Text.Json;
using ServerlessRouter.Classification.Learning;

namespace ServerlessRouter.Classification;

/// <summary>What a file made by <c>train --outcomes</c> holds.</summary>
internal sealed class OutcomeFile
{
    private readonly OutcomeModel _model;

    private OutcomeFile(OutcomeModel model) => _model = model;

    /// <summary>The models it knows.</summary>
    public IReadOnlyList<string> Models => _model.Weights.Models;

    /// <summary>The file's content, or null and what is wrong with it.</summary>
    public static OutcomeFile? TryRead(ReadOnlyMemory<byte> content, out string? problem)
    {
        problem = null;
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("kind", out var kind) || kind.ValueKind != JsonValueKind.String)
                problem = "is no weights file; make one with train --outcomes";
            else if (kind.GetString() is var name && name != WeightsFormat.Outcomes)
                problem = $"holds weights of the kind {name}, but outcomes are needed; make them with train --outcomes";
            else if (!root.TryGetProperty("version", out var version) || !version.TryGetInt32(out var number) || number != WeightsFormat.Version)
                problem = $"is not of version {WeightsFormat.Version}; train it again";
            else
                return new OutcomeFile(OutcomeModelJson.Read(root));
        }
        catch (Exception odd) when (odd is JsonException or InvalidDataException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException or OverflowException)
        {
            problem = $"is damaged: {odd.Message}";
        }

        return null;
    }

    /// <summary>Predicts for these models, in their order.</summary>
    public OutcomeQuality For(IReadOnlyList<string> models) => new OutcomeQuality(_model, models);
}
