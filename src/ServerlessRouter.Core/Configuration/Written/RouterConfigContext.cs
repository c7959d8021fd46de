using System.Text.Json.Serialization;

namespace ServerlessRouter.Configuration.Written;

/// <summary>The generated JSON contract of the configuration.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RouterConfig))]
internal sealed partial class RouterConfigContext : JsonSerializerContext;

/// <summary>The generated JSON contract of the terms of issued keys, which are kept as short as they can be.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeyTermsConfig))]
internal sealed partial class KeyTermsContext : JsonSerializerContext;
