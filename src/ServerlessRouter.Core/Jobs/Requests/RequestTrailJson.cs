using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ServerlessRouter.Jobs.Requests;

/// <summary>The generated JSON contract of what is kept of a request between its turns.</summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RequestTrail))]
[JsonSerializable(typeof(ImmutableArray<AttemptTrace>))]
internal sealed partial class RequestTrailJson : JsonSerializerContext;
