using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>The server has failed, and says so with a status that would blame the request.</summary>
internal static class ServerWordings
{
    public static readonly VendorWording[] All =
    [
        // lmstudio-ai/lmstudio-bug-tracker#1347, charmbracelet/crush#2546
        Text("model has crashed", "LM Studio"),
        Text("failed to load model", "LM Studio"),
        Text("model unloaded", "LM Studio"),
        Text("model is unloaded", "LM Studio"),
        Text("model reloaded", "LM Studio"),
        Text("channel error", "LM Studio"),
        Text("CUDA out of memory", "engines"),
        Text("CUDA error", "engines"),
        Text("upstream connect error", "Envoy"),
        Text("internal server error", "gateways"),
    ];

    private static VendorWording Text(string words, string vendors) => new(FailureKind.ServerError, WordingPlace.Text, words, vendors);
}
