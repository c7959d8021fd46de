using System.Text.Json.Nodes;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>One event of a streamed answer before it is put into lines.</summary>
internal sealed record Frame(FrameKind Kind, byte[] Payload, string? EventName = null, bool ReportsUsage = false)
{
    public static Frame Of(FrameKind kind, JsonNode json, string? eventName = null, bool reportsUsage = false) =>
        new(kind, JsonBytes.Of(json), eventName, reportsUsage);
}
