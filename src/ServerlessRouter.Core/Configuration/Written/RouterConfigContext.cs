using System.Text.Json.Serialization;

namespace ServerlessRouter.Configuration.Written;

/// <summary>The generated JSON contract of the configuration.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RouterConfig))]
internal sealed partial class RouterConfigContext : JsonSerializerContext;
