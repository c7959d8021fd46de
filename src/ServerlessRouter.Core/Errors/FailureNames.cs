using System.Text.Json;

namespace ServerlessRouter.Errors;

/// <summary>What telemetry calls the ways in which an attempt can fail.</summary>
internal static class FailureNames
{
    private static readonly string[] Names = [.. Enum.GetNames<FailureKind>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    public static string ToWireName(this FailureKind kind) => Names[(int)kind];
}
