using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace ServerlessRouter.State.Sqlite;

/// <summary>Tells damage of SQLite's log from the torn end that a crash leaves behind.</summary>
/// <remarks>
/// SQLite leaves out all from the first frame that is not as written, without a word, also where transactions follow that were answered.
/// https://www.sqlite.org/fileformat.html, 4: each frame is a page with a checksum that goes on from the one before.
/// </remarks>
internal sealed class LogCheck
{
    private const int HeaderBytes = 32;
    private const int HeaderChecked = 24;
    private const int FrameHeaderBytes = 24;
    private const int FrameHeaderChecked = 8;
    private const uint LittleEndian = 0x377F0682;
    private const uint BigEndian = LittleEndian | 1;
    private const int MaxPageBytes = 64 * 1024;

    private readonly SafeFileHandle _file;
    private bool _isBigEndian;
    private ulong _salts;
    private byte[] _frame = [];

    private LogCheck(SafeFileHandle file) => _file = file;

    /// <summary>Where the log is damaged and has transactions behind that; null when it is whole, or only its last transaction is not.</summary>
    public static long? FindDamage(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return new LogCheck(file).FindDamage();
    }

    private long? FindDamage()
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        // The header is on the disk before the first frame.
        if (RandomAccess.Read(_file, header, 0) < HeaderBytes || !header.ContainsAnyExcept((byte)0))
            return null;
        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        _isBigEndian = magic == BigEndian;
        _salts = BinaryPrimitives.ReadUInt64BigEndian(header[16..]);
        var pageBytes = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        var checksum = Checksum.At(header[HeaderChecked..]);
        if (magic is not (LittleEndian or BigEndian) || pageBytes is 0 or > MaxPageBytes || pageBytes % 8 != 0 || Sum(default, header[..HeaderChecked]) != checksum)
            return 0;
        _frame = new byte[FrameHeaderBytes + pageBytes];
        return FindDamage(checksum);
    }

    // Each transaction was on the disk before the next one began. So a good frame behind a transaction's last one says that all up to there was whole once.
    private long? FindDamage(Checksum last)
    {
        long? damage = null;
        var endsTransaction = false;
        for (long offset = HeaderBytes; RandomAccess.Read(_file, _frame, offset) == _frame.Length; offset += _frame.Length)
        {
            var isOfThisLog = BinaryPrimitives.ReadUInt64BigEndian(_frame.AsSpan(8)) == _salts;
            var stated = Checksum.At(_frame.AsSpan(16));
            var isGood = isOfThisLog && Sum(Sum(last, _frame.AsSpan(0, FrameHeaderChecked)), _frame.AsSpan(FrameHeaderBytes)) == stated;
            if (isGood && endsTransaction)
                return damage;
            if (!isGood)
                damage ??= offset;
            endsTransaction |= damage is not null && isOfThisLog && BinaryPrimitives.ReadUInt32BigEndian(_frame.AsSpan(4)) != 0;
            last = stated;
        }

        return null;
    }

    private Checksum Sum(Checksum from, ReadOnlySpan<byte> bytes)
    {
        var (first, second) = from;
        for (; !bytes.IsEmpty; bytes = bytes[8..])
        {
            first += Word(bytes) + second;
            second += Word(bytes[4..]) + first;
        }

        return new Checksum(first, second);
    }

    private uint Word(ReadOnlySpan<byte> bytes) => _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private readonly record struct Checksum(uint First, uint Second)
    {
        public static Checksum At(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt32BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]));
    }
}
