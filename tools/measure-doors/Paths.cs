namespace ServerlessRouter.Tools.MeasureDoors;

/// <summary>Where each schema is spoken, by the router and by the vendor.</summary>
internal static class Paths
{
    public const string Chat = "/v1/chat/completions";
    public const string Messages = "/v1/messages";
    public const string Responses = "/v1/responses";
}
