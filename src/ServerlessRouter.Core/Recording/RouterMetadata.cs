using System.Text.Json;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording;

/// <summary>The <c>router_metadata</c> a caller gets for the header <c>x-router-metadata: enabled</c>.</summary>
internal static class RouterMetadata
{
    public static bool IsWanted(RequestContext context) => context.WantsMetadata;

    public static void Write(Utf8JsonWriter writer, RequestContext context, TimeProvider time) => RouteExplanation.Write(writer, context, time);
}
