using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>
/// The event that nearly all of a stream consists of: it differs from the one before in its piece of text, in its number, and in the padding by which vendors hide how long the piece is. All else that a reader found out about the
/// one holds for the other, which need not be read again.
/// </summary>
internal sealed class UsualChunk
{
    /// <summary>A longer one is read each time.</summary>
    private const int MaxBytes = 4096;

    /// <summary>The next one may be longer by some.</summary>
    private const int Room = 32;

    /// <summary>How OpenAI numbers the events of a response. A quote inside of a string has a backslash before it, so one behind a comma begins a name.</summary>
    private static readonly byte[] Number = ",\"sequence_number\":"u8.ToArray();

    /// <summary>What OpenAI and Mistral pad with.</summary>
    private static readonly byte[][] Paddings = [",\"obfuscation\":\""u8.ToArray(), ",\"p\":\""u8.ToArray()];

    private readonly List<(JsonRange Place, Varying Kind)> _varying = new(3);
    private byte[] _known = [];
    private int _length;

    private enum Varying
    {
        Number,
        Text,
        Padding,
    }

    /// <summary>Whether an event is the one that was learnt but for what varies, and where its text stands, without its quotes.</summary>
    public bool TryRead(ReadOnlySpan<byte> chunk, out JsonRange text)
    {
        text = default;
        var known = _known.AsSpan(0, _length);
        var (read, compared) = (0, 0);
        foreach (var (place, kind) in _varying)
        {
            var same = known[compared..place.Start];
            if (!chunk[read..].StartsWith(same))
                return false;
            read += same.Length;
            var length = LengthOf(kind, chunk[read..]);
            if (length < 0)
                return false;
            if (kind == Varying.Text)
                text = new JsonRange(read, length);
            (read, compared) = (read + length, place.End);
        }

        return compared > 0 && chunk[read..].SequenceEqual(known[compared..]);
    }

    /// <summary>Takes an event that says no more than a piece of text.</summary>
    /// <param name="chunk">One JSON object.</param>
    /// <param name="text">Where the piece stands, without its quotes.</param>
    public void Learn(ReadOnlySpan<byte> chunk, JsonRange text)
    {
        _varying.Clear();
        if (chunk.Length > MaxBytes)
            return;
        if (_known.Length < chunk.Length)
            _known = new byte[chunk.Length + Room];
        chunk.CopyTo(_known);
        _length = chunk.Length;
        Add(chunk[..text.Start], 0, Number, Varying.Number);
        _varying.Add((text, Varying.Text));
        foreach (var padding in Paddings)
        {
            if (Add(chunk, text.End, padding, Varying.Padding))
                break;
        }
    }

    private bool Add(ReadOnlySpan<byte> chunk, int start, ReadOnlySpan<byte> name, Varying kind)
    {
        if (chunk[start..].LastIndexOf(name) is not (>= 0 and var place))
            return false;
        start += place + name.Length;
        if (LengthOf(kind, chunk[start..]) is not (>= 0 and var length))
            return false;
        _varying.Add((new JsonRange(start, length), kind));
        return true;
    }

    /// <summary>Negative where it is not whole, or broken.</summary>
    private static int LengthOf(Varying kind, ReadOnlySpan<byte> rest) =>
        rest.IsEmpty ? -1 : kind == Varying.Number ? JsonNumberEnd.Find(rest) : JsonStringEnd.Find(rest, out _);
}
