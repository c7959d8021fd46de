using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>A chat request: the caller's bytes, unchanged, and views of what routing needs, found in one pass by <see cref="ChatRequestScanner"/>.</summary>
public sealed class ChatRequest : IDisposable
{
    /// <summary>A body below this has few members and messages, and need not pay for the room of others.</summary>
    private const int ShortBytes = 1024;

    /// <summary>Stands for a request whose body was not read, because its caller may not call.</summary>
    public static ChatRequest Unread => new([], 0);

    private byte[]? _pooled;
    private int? _minPromptTokens;

    internal ChatRequest(byte[] pooled, int length)
    {
        _pooled = pooled;
        Length = length;
        MemberList = new(length < ShortBytes ? 6 : 12);
        TextList = new(length < ShortBytes ? 3 : 8);
    }

    /// <summary>Bytes of the body.</summary>
    public int Length { get; }

    /// <summary>The body as it came.</summary>
    public ReadOnlySpan<byte> Bytes => Memory.Span;

    /// <summary>The body as it came; must not be kept beyond the request.</summary>
    public ReadOnlyMemory<byte> Memory => (_pooled ?? throw new ObjectDisposedException(nameof(ChatRequest))).AsMemory(0, Length);

    /// <summary>What the caller wrote in <c>model</c>, or in the path where its API has it there; empty when it only sent <c>models</c>.</summary>
    public string Model { get; internal set; } = "";

    /// <summary>The caller's own ordered fallbacks.</summary>
    public IReadOnlyList<string> Models { get; internal set; } = [];

    /// <summary>The answer is wanted in pieces.</summary>
    public bool IsStream { get; internal set; }

    /// <summary>The caller asked for a usage chunk at the stream's end.</summary>
    public bool IncludesUsage { get; internal set; }

    /// <summary>The smaller of <c>max_tokens</c> and <c>max_completion_tokens</c>; null when neither is sent.</summary>
    public int? MaxOutputTokens { get; internal set; }

    /// <summary>How many choices are asked for: <c>n</c>, where it is more than one.</summary>
    public int Choices => TryGetMember("n"u8, out var written) && written.Kind == JsonTokenType.Number
        && Utf8Parser.TryParse(written.Value.In(Bytes), out int count, out var read) && read == written.Value.Length ? Math.Max(1, count) : 1;

    /// <summary>The vendor's service tier that is asked for, where it is not the one every model is sold in; null for most.</summary>
    public string? ServiceTier => TryGetMember("service_tier"u8, out var written) && written.Kind == JsonTokenType.String && ServiceTiers.Name(written.Value.In(Bytes).Trim((byte)'"')) is var tier
        && !ServiceTiers.IsStandard(tier) ? tier : null;

    /// <summary>What the request needs of a model, as far as its shape shows.</summary>
    public Capabilities Needs { get; internal set; }

    /// <summary>JSON is asked for, and to be healed where a model does not quite write it.</summary>
    public bool WantsHealing => (Needs & (Capabilities.JsonSchema | Capabilities.JsonObject)) != 0 && HealingPlugin.IsAsked(this);

    /// <summary>What is to be made vectors of; null for a chat.</summary>
    public EmbeddingsAsk? Embeddings { get; internal set; }

    /// <summary>Number of messages.</summary>
    public int MessageCount { get; internal set; }

    /// <summary>Messages of the user.</summary>
    public int Turns { get; internal set; }

    /// <summary>Images in the messages.</summary>
    public int ImageCount { get; internal set; }

    /// <summary>Bytes of sound in the messages, as base64.</summary>
    public int SoundBytes { get; internal set; }

    /// <summary>Bytes of documents in the messages, as base64.</summary>
    public int FileBytes { get; internal set; }

    /// <summary>The fewest tokens the prompt can come to, whatever the tokenizer; counted when first asked for.</summary>
    public int MinPromptTokens => _minPromptTokens ??= PromptFloor.Of(this);

    /// <summary>Bytes of tool definitions and response schema, which the model reads too.</summary>
    public int SchemaBytes { get; internal set; }

    /// <summary>The conversation it belongs to: <c>session_id</c>, else <c>prompt_cache_key</c>.</summary>
    public string? SessionId { get; internal set; }

    /// <summary>Stickiness of deployments: <c>session_id</c>, else <c>prompt_cache_key</c>, else <c>user</c>.</summary>
    public string? SessionKey { get; internal set; }

    /// <summary>The request as it came in, where it was written in another schema; null for a chat completion.</summary>
    public DoorRequest? Door { get; internal set; }

    /// <summary>The body's top-level members in order.</summary>
    public IReadOnlyList<JsonMember> Members => MemberList;

    /// <summary>Every piece of message text in order.</summary>
    public IReadOnlyList<TextPiece> Texts => TextList;

    internal List<JsonMember> MemberList { get; }

    internal List<TextPiece> TextList { get; }

    /// <summary>The member of this name, if the request has it.</summary>
    public bool TryGetMember(ReadOnlySpan<byte> name, out JsonMember member)
    {
        var bytes = Bytes;
        foreach (var candidate in MemberList)
        {
            if (candidate.IsNamed(name, bytes))
            {
                member = candidate;
                return true;
            }
        }

        member = default;
        return false;
    }

    /// <summary>
    /// Copies the decoded text of a piece, as much of it as fits. Answers the number of bytes written; a piece that does not fit is cut at its end, or at its start when
    /// <paramref name="keepsTail"/>.
    /// </summary>
    public int CopyText(in TextPiece piece, Span<byte> destination, bool keepsTail = false)
    {
        var raw = piece.Range.In(Bytes);
        if (!piece.IsEscaped)
        {
            var taken = Math.Min(raw.Length, destination.Length);
            (keepsTail ? raw[^taken..] : raw[..taken]).CopyTo(destination);
            return taken;
        }

        // Decoding never lengthens, so a window of the destination's size always fits.
        if (raw.Length > destination.Length)
            raw = keepsTail ? raw[JsonText.AlignStart(raw, raw.Length - destination.Length)..] : raw[..JsonText.AlignEnd(raw, destination.Length)];
        return JsonText.Unescape(raw, destination);
    }

    /// <summary>Gives the buffer back; nothing of the request may be read after.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is { } pooled)
            ArrayPool<byte>.Shared.Return(pooled);
        Door?.Dispose();
    }
}

/// <summary>One string of message text inside the request's bytes.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Message">Index of the message it belongs to.</param>
/// <param name="Range">The string without its quotes, JSON escapes kept.</param>
/// <param name="IsEscaped">Whether there are escapes to decode.</param>
public readonly record struct TextPiece(MessageRole Role, int Message, JsonRange Range, bool IsEscaped);

/// <summary>Who speaks in a message.</summary>
public enum MessageRole
{
    /// <summary><c>system</c> or <c>developer</c>.</summary>
    System,
    User,
    Assistant,

    /// <summary><c>tool</c> or <c>function</c>: the result of a call.</summary>
    Tool,

    /// <summary>A role the router does not know; passed on.</summary>
    Other,
}
