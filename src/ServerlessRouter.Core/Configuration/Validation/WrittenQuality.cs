using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>How good a model is at a task, from what is written.</summary>
internal static class WrittenQuality
{
    /// <summary>Quality of a model for a task it states nothing about.</summary>
    public const double Default = 0.5;

    /// <summary>Quality for a task, or for those not named.</summary>
    public static double Of(ModelConfig model, string? task)
    {
        if (model.Quality is not { } written)
            return Default;
        if (task is not null && written.GetValueOrDefault(task) is { } quality)
            return quality;
        return written.GetValueOrDefault(NameTables.DefaultQuality) ?? Default;
    }
}
