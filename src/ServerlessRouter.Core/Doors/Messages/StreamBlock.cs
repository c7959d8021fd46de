using System.Text.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>One content block of a stream.</summary>
/// <param name="kind">What it is.</param>
/// <param name="key">Which of its kind, in the vendor's count.</param>
/// <param name="start">What it starts as, one JSON object.</param>
internal sealed class StreamBlock(StreamBlockKind kind, int key, byte[] start)
{
    private List<(byte[] Before, byte[] Raw, byte[] After)>? _kept;
    private ArgumentsEnd _arguments;

    private static readonly byte[] TextStart = "{\"type\":\"text\",\"text\":\"\"}"u8.ToArray();
    private static readonly byte[] ThinkingStart = "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"u8.ToArray();

    public static StreamBlock OfText(int key) => new(StreamBlockKind.Text, key, TextStart);

    public static StreamBlock OfThinking(int key, ThinkingSeal seal) => new(StreamBlockKind.Thinking, key, ThinkingStart) { Seal = seal };

    public static StreamBlock OfRedacted(ReadOnlySpan<byte> data) =>
        new(StreamBlockKind.Redacted, 0, [.. "{\"type\":\"redacted_thinking\",\"data\":\""u8, .. JsonEncodedText.Encode(data).EncodedUtf8Bytes, .. "\"}"u8]) { IsEnded = true };

    public StreamBlockKind Kind => kind;

    public int Key => key;

    public byte[] Start => start;

    /// <summary>What thinking is signed with.</summary>
    public ThinkingSeal? Seal { get; init; }

    /// <summary>What its seal is made of has been read, but for the signature.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Nothing goes on with it: what follows is a block of its own.</summary>
    public bool IsEnded { get; set; }

    /// <summary>It has been started.</summary>
    public bool IsWritten { get; set; }

    /// <summary>A call whose arguments are not whole.</summary>
    public bool IsUnfinished => kind == StreamBlockKind.Call && !_arguments.IsWhole;

    /// <summary>Counts in a piece of a call's arguments.</summary>
    public void Follow(ReadOnlySpan<byte> arguments) => _arguments.Add(arguments);

    public void Keep(ReadOnlySpan<byte> before, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> after) => (_kept ??= []).Add((before.ToArray(), raw.ToArray(), after.ToArray()));

    public List<(byte[] Before, byte[] Raw, byte[] After)> TakeKept()
    {
        var kept = _kept ?? [];
        _kept = null;
        return kept;
    }
}

/// <summary>What a content block is.</summary>
internal enum StreamBlockKind
{
    Text,
    Thinking,

    /// <summary>A call of a tool of the caller's.</summary>
    Call,

    /// <summary>Whole from the start: redacted thinking.</summary>
    Redacted,

    /// <summary>A block of Anthropic's that chat completions have no word for.</summary>
    Own,
}
