using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording.Records;

/// <summary>
/// What a record knows of a decision, enough to decide again: what was asked for and what the request was taken for. The prompt is not recorded, so what was found in it stands, and no model is asked for a
/// second opinion; nor are the headers by which a caller may prefer something.
/// </summary>
public sealed class RecordedDecision
{
    private RecordedDecision(string model, IReadOnlyList<string> models, bool isStream, RequestProfile? profile) => (Model, Models, IsStream, Profile) = (model, models, isStream, profile);

    /// <summary>What stood in <c>model</c>; empty where only <c>models</c> was sent.</summary>
    public string Model { get; }

    /// <summary>What stood in <c>models</c>.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>Whether the record tells what was asked for. Records of earlier versions leave out <c>models</c>, as do those that would be too long with them.</summary>
    public bool TellsWhatWasAsked => Model.Length > 0 || Models.Count > 0;

    /// <summary>An answer in pieces was wanted.</summary>
    public bool IsStream { get; }

    /// <summary>What it was taken for; null where it did not come so far.</summary>
    public RequestProfile? Profile { get; }

    /// <summary>Reads a record's document.</summary>
    public static RecordedDecision Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var record = document.RootElement;
        return new RecordedDecision(
            TextOf(record, "requested_model") ?? "",
            record.TryGetProperty("requested_models", out var models) && models.ValueKind == JsonValueKind.Array ? [.. models.EnumerateArray().Select(static name => name.GetString() ?? "")] : [],
            record.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True,
            record.TryGetProperty("profile", out var profile) && profile.ValueKind == JsonValueKind.Object ? ProfileOf(profile) : null);
    }

    /// <summary>A request that is decided as the recorded one was, on another configuration, where the record <see cref="TellsWhatWasAsked"/>; dispose of it afterwards.</summary>
    public ChatRequest ToRequest(RouterModel router)
    {
        ArgumentNullException.ThrowIfNull(router);
        if (router.Targets.GetValueOrDefault(Model) is { MakesEmbeddings: true })
        {
            var texts = EmbeddingRequest.Write("?"u8, dimensions: null);
            texts.Model = Model;
            return texts;
        }

        var body = Body();
        var pooled = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(pooled);
        if (ChatRequestScanner.TryScan(pooled, body.Length, out var request, out var error))
            return request;
        ArrayPool<byte>.Shared.Return(pooled);
        throw new InvalidOperationException($"what a record tells makes no chat request: {error.Message}");
    }

    private ReadOnlySpan<byte> Body()
    {
        var output = new ArrayBufferWriter<byte>(128);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("model", Model);
        writer.WriteStartArray("models");
        foreach (var name in Models)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
        writer.WriteBoolean("stream", IsStream);
        writer.WriteStartArray("messages");
        writer.WriteStartObject();
        writer.WriteString("role", "user");
        writer.WriteString("content", "?");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan;
    }

    private static RequestProfile ProfileOf(JsonElement profile)
    {
        var hasTask = TaskKinds.TryParse(TextOf(profile, "task"), out var task);
        var needs = Capabilities.None;
        if (profile.TryGetProperty("needs", out var names) && names.ValueKind == JsonValueKind.Array)
        {
            foreach (var name in names.EnumerateArray())
                needs |= CapabilityNames.TryParse(name.GetString() ?? "", out var need) ? need : Capabilities.None;
        }

        return new RequestProfile
        {
            Task = hasTask ? task : null,
            LikeliestTask = task,
            Confidence = NumberOf(profile, "confidence"),
            Difficulty = NumberOf(profile, "difficulty"),
            Language = TextOf(profile, "language") ?? "und",
            Turns = (int)NumberOf(profile, "turns"),
            PromptTokens = (int)NumberOf(profile, "prompt_tokens"),
            Needs = needs,
        };
    }

    private static string? TextOf(JsonElement parent, string name) => parent.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static float NumberOf(JsonElement parent, string name) => parent.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number ? member.GetSingle() : 0;
}
