using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers.Translation;

/// <summary>The body of a request that goes up in another schema than chat completions: its parameters are adapted first, as for every other deployment, then it is written anew.</summary>
internal static class TranslatedRequest
{
    private const int UsualGrowth = 512;

    public static bool TryWrite(
        ITranslation translation, ChatRequest request, UpstreamEndpoint endpoint, RequestAdjustments? adjustments,
        [NotNullWhen(true)] out HttpContent? content, [NotNullWhen(false)] out AttemptFailure? failure)
    {
        using var adapted = new PooledWriter(request.Length + UsualGrowth);
        endpoint.Patch.Apply(request, adjustments).WriteTo(adapted);
        var notes = new TranslationNotes(adjustments);
        if (SurrogateHalves.Mend(MemoryMarshal.AsMemory(adapted.Written).Span))
            notes.Change("messages", "half of a surrogate pair", "U+FFFD");
        var written = new PooledWriter(request.Length + UsualGrowth);
        try
        {
            using var document = JsonDocument.Parse(adapted.Written, LooseJson.ParseOptions);
            translation.Write(document.RootElement, endpoint, notes, written);
        }
        catch (JsonException)
        {
            notes.Refuse("messages", $"The request is nested too deeply for {translation.Api}.");
        }

        (content, failure) = (null, null);
        if (notes.Refusal is { } refusal)
        {
            written.Dispose();
            failure = new AttemptFailure(FailureKind.NotExpressible, refusal) { Param = notes.RefusedParam };
            return false;
        }

        content = new PooledContent(written);
        return true;
    }
}

/// <summary>Writes requests in a vendor's own schema.</summary>
internal interface ITranslation
{
    /// <summary>What sentences call the API, for example <c>Anthropic's API</c>.</summary>
    string Api { get; }

    /// <summary>Writes the request anew, and notes what it could not do as asked.</summary>
    void Write(JsonElement request, UpstreamEndpoint endpoint, TranslationNotes notes, PooledWriter output);
}
