using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Jobs.Requests;

/// <summary>The generated JSON contract of what is kept of a request between its turns.</summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters =
    [
        typeof(HistoryNames.FailureConverter), typeof(HistoryNames.ReasonConverter), typeof(HistoryNames.ChoiceConverter), typeof(HistoryNames.StandingConverter),
        typeof(HistoryNames.ExclusionConverter), typeof(HistoryNames.TaskConverter), typeof(HistoryNames.NeedsConverter),
    ])]
[JsonSerializable(typeof(RequestHistory))]
[JsonSerializable(typeof(ImmutableArray<AttemptTrace>))]
internal sealed partial class RequestHistoryJson : JsonSerializerContext;

/// <summary>Writes an enum by its names, and reads a name that is none of them as <paramref name="nearest"/>; of several flags those that are known.</summary>
internal abstract class NearestNameConverter<T>(T nearest) : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Enum.TryParse<T>(Known(reader.GetString() ?? ""), out var known) ? known : nearest;

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    /// <summary>A number would pass for the value of a name that is not there.</summary>
    private static string Known(string names) => string.Join(", ", names.Split(", ").Where(static name => Enum.GetNames<T>().Contains(name)));
}

/// <summary>
/// What names in a history are read as that this version does not know, because a newer one wrote it before a roll-back: the requests in flight go on, and their bills and records
/// stay whole. Each becomes the known name that forbids nothing.
/// </summary>
internal static class HistoryNames
{
    /// <summary>The vendor failed somehow: everything else may still be tried.</summary>
    internal sealed class FailureConverter() : NearestNameConverter<FailureKind>(FailureKind.ServerError);

    internal sealed class ReasonConverter() : NearestNameConverter<AttemptReason>(AttemptReason.First);

    internal sealed class ChoiceConverter() : NearestNameConverter<DeploymentChoice>(DeploymentChoice.Fresh);

    internal sealed class StandingConverter() : NearestNameConverter<CandidateStanding>(CandidateStanding.Eligible);

    internal sealed class ExclusionConverter() : NearestNameConverter<ExclusionReason>(ExclusionReason.Rule);

    internal sealed class TaskConverter() : NearestNameConverter<TaskKind>(TaskKind.Chat);

    internal sealed class NeedsConverter() : NearestNameConverter<Capabilities>(Capabilities.None);
}
