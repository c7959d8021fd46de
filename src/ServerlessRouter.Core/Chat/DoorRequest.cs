using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>A request as it came in, where its schema is not chat completions: a vendor of the same schema gets it as it is.</summary>
public sealed class DoorRequest : IDisposable
{
    private byte[]? _pooled;
    private List<JsonMember>? _members;

    /// <summary>Takes over <paramref name="pooled"/>, an array of <see cref="ArrayPool{T}.Shared"/>, which holds one JSON object.</summary>
    public DoorRequest(WireSchema schema, byte[] pooled, int length)
    {
        (Schema, _pooled) = (schema, pooled);
        Body = pooled.AsMemory(0, length);
    }

    /// <summary>What it is written in.</summary>
    public WireSchema Schema { get; }

    /// <summary>The caller's bytes; must not be kept beyond the request.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Where the first tool's type stands that only vendors of this schema have, for example <c>tools[2].type</c>; null where every tool is the caller's own.</summary>
    public string? OwnTool { get; init; }

    /// <summary>The body's top-level members in order; looked for when first asked.</summary>
    internal List<JsonMember> Members => _members ??= Find();

    /// <summary>Gives the buffer back; nothing of the request may be read after.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is { } pooled)
            ArrayPool<byte>.Shared.Return(pooled);
    }

    private List<JsonMember> Find()
    {
        var found = new List<JsonMember>(12);
        var reader = new JsonTokenReader(Body.Span, ChatRequestScanner.MaxDepth);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = new JsonRange(reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            reader.Read();
            var (kind, start) = (reader.TokenType, reader.TokenStartIndex);
            reader.Skip();
            found.Add(new JsonMember(name, new JsonRange(start, reader.BytesConsumed - start), kind));
        }

        return found;
    }
}
