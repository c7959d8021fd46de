using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ServerlessRouter.Jobs.Requests;

/// <summary>The generated JSON contract of what is kept of a request between its turns.</summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters =
    [
        typeof(TrailNames.FailureConverter), typeof(TrailNames.ReasonConverter), typeof(TrailNames.ChoiceConverter), typeof(TrailNames.StandingConverter),
        typeof(TrailNames.ExclusionConverter), typeof(TrailNames.TaskConverter), typeof(TrailNames.NeedsConverter),
    ])]
[JsonSerializable(typeof(RequestTrail))]
[JsonSerializable(typeof(ImmutableArray<AttemptTrace>))]
internal sealed partial class RequestTrailJson : JsonSerializerContext;
