namespace ServerlessRouter.Testing.Upstreams;

/// <summary>A point within an answer at which it can be held or cut. Chunks are the pieces that carry content, counted from 1; a plain body is sent in as many slices, the last of them cutting its JSON short.</summary>
public readonly record struct ReplyPoint
{
    private ReplyPoint(string name, int chunk = 0) => (Name, Chunk) = (name, chunk);

    /// <summary>Nothing was sent.</summary>
    public static ReplyPoint BeforeHeaders { get; } = new(nameof(BeforeHeaders));

    /// <summary>The status line and half a header were sent.</summary>
    public static ReplyPoint WithinHeaders { get; } = new(nameof(WithinHeaders));

    public static ReplyPoint AfterHeaders { get; } = new(nameof(AfterHeaders));

    /// <summary>What precedes the content of a stream (the role, the vendor's first events) was sent.</summary>
    public static ReplyPoint BeforeFirstToken { get; } = new(nameof(BeforeFirstToken));

    /// <summary>All but the end marker (<c>[DONE]</c>, <c>message_stop</c>) of a stream was sent.</summary>
    public static ReplyPoint BeforeDone { get; } = new(nameof(BeforeDone));

    /// <summary>Part of the first character outside ASCII was sent.</summary>
    public static ReplyPoint InsideCharacter { get; } = new(nameof(InsideCharacter));

    internal string Name { get; }

    internal int Chunk { get; }

    public static ReplyPoint AfterChunk(int chunk) => new(nameof(AfterChunk), chunk);

    /// <summary>Half of the bytes of that chunk were sent.</summary>
    public static ReplyPoint InsideChunk(int chunk) => new(nameof(InsideChunk), chunk);

    public override string ToString() => Chunk == 0 ? Name : $"{Name}({Chunk})";
}
