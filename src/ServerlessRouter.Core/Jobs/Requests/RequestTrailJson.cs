using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ServerlessRouter.Jobs.Requests;

/// <summary>The generated JSON contract of what is kept of a request between its turns.</summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters =
    [
        typeof(TrailNames.Failures), typeof(TrailNames.Reasons), typeof(TrailNames.Choices), typeof(TrailNames.Standings), typeof(TrailNames.Exclusions), typeof(TrailNames.Tasks), typeof(TrailNames.Needs),
    ])]
[JsonSerializable(typeof(RequestTrail))]
[JsonSerializable(typeof(ImmutableArray<AttemptTrace>))]
internal sealed partial class RequestTrailJson : JsonSerializerContext;
