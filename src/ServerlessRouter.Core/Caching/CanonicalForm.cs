using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Caching;

/// <summary>
/// Writes JSON in a form that is the same for documents that say the same: members sorted by name, numbers by their value, texts decoded, no white space. Two documents that
/// differ in anything else have different forms.
/// </summary>
/// <remarks>
/// In one pass, without a tree. Each value is a tag and what ends by itself, so no two values run into one another. What is longer than <see cref="MaxInlineBytes"/> stands as its own SHA-256, and a long text is hashed
/// where it stands; so sorting moves little, however deep and large a document is.
/// </remarks>
internal sealed class CanonicalForm : IDisposable
{
    /// <summary>A longer value stands as its hash.</summary>
    private const int MaxInlineBytes = 4096;

    private const int UsualBytes = 2048;
    private const int UsualMembers = 64;

    private readonly Comparison<Member> _byName;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(UsualBytes);
    private int _length;
    private Member[] _members = ArrayPool<Member>.Shared.Rent(UsualMembers);
    private int _memberCount;

    public CanonicalForm() => _byName = CompareNames;

    /// <summary>A member stands twice in an object.</summary>
    public bool HasDuplicate { get; private set; }

    /// <summary>A text holds an escape that is half of a surrogate pair, and so no character.</summary>
    public bool HasHalfCharacter { get; private set; }

    /// <summary>SHA-256 of everything appended.</summary>
    public CacheKey Hash()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_bytes.AsSpan(0, _length), hash);
        return CacheKey.Of(hash);
    }

    /// <summary>Appends a text that comes from elsewhere.</summary>
    public void Append(string? text)
    {
        if (text is null)
        {
            AppendTag('n');
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        AppendHead('s', length);
        Reserve(length);
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    /// <summary>Begins an object whose members the caller picks.</summary>
    public ObjectStart BeginObject()
    {
        var start = new ObjectStart(_length, _memberCount);
        AppendTag('o');
        return start;
    }

    /// <summary>Appends the member whose name the reader stands on; leaves it at the value's end.</summary>
    public void AppendMember(ref JsonTokenReader reader)
    {
        var start = _length;
        AppendText(ref reader);
        var nameEnd = _length;
        reader.Read();
        AppendValue(ref reader);
        if (_memberCount == _members.Length)
            GrowMembers();
        _members[_memberCount++] = new Member(start, nameEnd, _length);
    }

    public void EndObject(ObjectStart start)
    {
        SortMembers(_members.AsSpan(start.Member, _memberCount - start.Member));
        _memberCount = start.Member;
        AppendTag('z');
        Shorten(start.Byte);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        ArrayPool<Member>.Shared.Return(_members);
        (_bytes, _members) = ([], []);
    }

    /// <summary>Appends the value the reader stands on; leaves it at the value's end. As deep as the reader goes, which is bounded.</summary>
    private void AppendValue(ref JsonTokenReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = BeginObject();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    AppendMember(ref reader);
                EndObject(members);
                break;
            case JsonTokenType.StartArray:
                var start = _length;
                AppendTag('a');
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    AppendValue(ref reader);
                AppendTag('z');
                Shorten(start);
                break;
            case JsonTokenType.String:
                AppendText(ref reader);
                break;
            case JsonTokenType.Number:
                AppendNumber(reader.ValueSpan);
                break;
            default:
                AppendTag(reader.TokenType switch { JsonTokenType.True => 't', JsonTokenType.False => 'f', _ => 'n' });
                break;
        }
    }

    private void AppendText(ref JsonTokenReader reader)
    {
        var raw = reader.ValueSpan;
        if (!reader.ValueIsEscaped)
        {
            AppendText(raw);
            return;
        }

        var decoded = ArrayPool<byte>.Shared.Rent(raw.Length);
        var text = decoded.AsSpan(0, JsonText.Unescape(raw, decoded));
        // Decoding makes U+FFFD of a half; one that was written as such looks the same, and passing that by as well does no harm.
        var unknown = "\uFFFD"u8;
        HasHalfCharacter |= text.IndexOf(unknown) >= 0 && text.Count(unknown) != raw.Count(unknown);
        AppendText(text);
        ArrayPool<byte>.Shared.Return(decoded);
    }

    private void AppendText(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxInlineBytes)
        {
            AppendTag('S');
            Reserve(SHA256.HashSizeInBytes);
            _length += SHA256.HashData(text, _bytes.AsSpan(_length));
            return;
        }

        AppendHead('s', text.Length);
        Reserve(text.Length);
        text.CopyTo(_bytes.AsSpan(_length));
        _length += text.Length;
    }

    private void AppendNumber(ReadOnlySpan<byte> number)
    {
        var start = _length;
        AppendTag('d');
        Reserve(number.Length + CanonicalNumber.MaxAddedBytes);
        _length += CanonicalNumber.Write(number, _bytes.AsSpan(_length));
        AppendTag(';');
        Shorten(start);
    }

    private void SortMembers(Span<Member> members)
    {
        var isSorted = true;
        for (var place = 1; place < members.Length && isSorted; place++)
            isSorted = CompareNames(members[place - 1], members[place]) < 0;
        if (isSorted)
            return;

        var (start, end) = (members[0].Start, members[^1].End);
        members.Sort(_byName);
        var sorted = ArrayPool<byte>.Shared.Rent(end - start);
        var written = 0;
        for (var place = 0; place < members.Length; place++)
        {
            HasDuplicate |= place > 0 && CompareNames(members[place - 1], members[place]) == 0;
            var member = _bytes.AsSpan(members[place].Start, members[place].End - members[place].Start);
            member.CopyTo(sorted.AsSpan(written));
            written += member.Length;
        }

        sorted.AsSpan(0, written).CopyTo(_bytes.AsSpan(start));
        ArrayPool<byte>.Shared.Return(sorted);
    }

    private int CompareNames(Member left, Member right) =>
        _bytes.AsSpan(left.Start, left.NameEnd - left.Start).SequenceCompareTo(_bytes.AsSpan(right.Start, right.NameEnd - right.Start));

    /// <summary>Puts a long value's hash in its place.</summary>
    private void Shorten(int start)
    {
        if (_length - start <= MaxInlineBytes)
            return;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_bytes.AsSpan(start, _length - start), hash);
        _length = start;
        AppendTag('H');
        hash.CopyTo(_bytes.AsSpan(_length));
        _length += hash.Length;
    }

    private void AppendTag(char tag)
    {
        Reserve(1);
        _bytes[_length++] = (byte)tag;
    }

    private void AppendHead(char tag, int length)
    {
        AppendTag(tag);
        Reserve(sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_length), length);
        _length += sizeof(int);
    }

    private void Reserve(int bytes)
    {
        if (_bytes.Length - _length >= bytes)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + bytes, 2 * _bytes.Length));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private void GrowMembers()
    {
        var larger = ArrayPool<Member>.Shared.Rent(2 * _members.Length);
        _members.AsSpan().CopyTo(larger);
        ArrayPool<Member>.Shared.Return(_members);
        _members = larger;
    }

    /// <summary>Where an object began.</summary>
    internal readonly record struct ObjectStart(int Byte, int Member);

    /// <summary>Where a member's name and value stand in the form.</summary>
    private readonly record struct Member(int Start, int NameEnd, int End);
}
