using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Caching;

/// <summary>A kept answer as bytes, and back.</summary>
internal static class CachedAnswerBytes
{
    private const byte Version = 1;
    private const int UsualFactsBytes = 256;
    private const int MarkBytes = (2 * sizeof(int)) + 1;

    /// <summary>About as many bytes as it takes.</summary>
    public static int UsualLength(CachedAnswer answer) => UsualFactsBytes + answer.Body.Length + answer.UsageChunk.Length + (MarkBytes * answer.Marks.Length);

    public static void Write(CachedAnswer answer, PooledWriter output)
    {
        var writer = new ByteWriter(output);
        writer.Write(Version);
        writer.Write(answer.IsStream);
        writer.Write(answer.HasUsage);
        writer.Write(answer.Model);
        Write(writer, answer.Usage);
        writer.WriteOptional(answer.FinishReason);
        writer.Write(answer.ContentBytes);
        writer.Write(answer.CostUsd);
        writer.Write(answer.StoredAt.UtcTicks);
        writer.Write(answer.ExpiresAt.UtcTicks);
        writer.Write(answer.UsageChunk.Span);
        writer.Write(answer.Body.Span);
        writer.Write(answer.Marks.Length);
        foreach (var (value, isId) in answer.Marks)
        {
            writer.Write(value.Start);
            writer.Write(value.Length);
            writer.Write(isId);
        }
    }

    /// <summary>The answer, whose body is part of the bytes. False where they are none that this version wrote.</summary>
    public static bool TryRead(byte[] bytes, [NotNullWhen(true)] out CachedAnswer? answer)
    {
        answer = null;
        try
        {
            var reader = new ByteReader(bytes);
            if (reader.ReadByte() != Version)
                return false;
            answer = new CachedAnswer
            {
                IsStream = reader.ReadBoolean(),
                HasUsage = reader.ReadBoolean(),
                Model = reader.ReadText(),
                Usage = ReadUsage(ref reader),
                FinishReason = reader.ReadOptionalText(),
                ContentBytes = reader.ReadInt64(),
                CostUsd = reader.ReadDecimal(),
                StoredAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
                ExpiresAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
                UsageChunk = reader.ReadBytes(),
                Body = reader.ReadBytes(),
                Marks = ReadMarks(ref reader),
            };
            return AreInside(answer);
        }
        catch (Exception unreadable) when (unreadable is EndOfStreamException or ArgumentException)
        {
            return false;
        }
    }

    private static void Write(ByteWriter writer, in TokenUsage usage)
    {
        writer.Write(usage.PromptTokens);
        writer.Write(usage.CompletionTokens);
        writer.Write(usage.CachedTokens);
        writer.Write(usage.CacheWriteTokens);
        writer.Write(usage.HourCacheWriteTokens);
        writer.Write(usage.ReasoningTokens);
        writer.Write(usage.IsEstimated);
        writer.Write(usage.ReportedCostUsd is not null);
        writer.Write(usage.ReportedCostUsd ?? 0);
        writer.WriteOptional(usage.ServiceTier);
    }

    private static TokenUsage ReadUsage(ref ByteReader reader)
    {
        var usage = new TokenUsage(reader.ReadInt32(), reader.ReadInt32())
        {
            CachedTokens = reader.ReadInt32(),
            CacheWriteTokens = reader.ReadInt32(),
            HourCacheWriteTokens = reader.ReadInt32(),
            ReasoningTokens = reader.ReadInt32(),
            IsEstimated = reader.ReadBoolean(),
        };
        var hasCost = reader.ReadBoolean();
        var cost = reader.ReadDecimal();
        return usage with { ReportedCostUsd = hasCost ? cost : null, ServiceTier = reader.ReadOptionalText() };
    }

    private static AnswerMark[] ReadMarks(ref ByteReader reader)
    {
        var count = reader.ReadInt32();
        if (count < 0 || (long)count * MarkBytes > reader.Left)
            throw new EndOfStreamException();
        var marks = new AnswerMark[count];
        for (var place = 0; place < count; place++)
            marks[place] = new AnswerMark(new JsonRange(reader.ReadInt32(), reader.ReadInt32()), reader.ReadBoolean());
        return marks;
    }

    private static bool AreInside(CachedAnswer answer)
    {
        var end = 0;
        foreach (var (value, _) in answer.Marks)
        {
            if (value.Start < end || value.Length < 0 || value.End > answer.Body.Length)
                return false;
            end = value.End;
        }

        return true;
    }

    /// <summary>Writes as <see cref="BinaryWriter"/> does, without a stream.</summary>
    private readonly struct ByteWriter(PooledWriter output)
    {
        private const int MoreBit = 0x80;
        private const int BitsInByte = 7;

        public void Write(byte value)
        {
            output.GetSpan(1)[0] = value;
            output.Advance(1);
        }

        public void Write(bool value) => Write(value ? (byte)1 : (byte)0);

        public void Write(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), value);
            output.Advance(sizeof(int));
        }

        public void Write(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), value);
            output.Advance(sizeof(long));
        }

        public void Write(decimal value)
        {
            Span<int> parts = stackalloc int[sizeof(decimal) / sizeof(int)];
            decimal.GetBits(value, parts);
            foreach (var part in parts)
                Write(part);
        }

        public void Write(string text)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            var left = length;
            for (; left >= MoreBit; left >>= BitsInByte)
                Write((byte)(left | MoreBit));
            Write((byte)left);
            output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(length)));
        }

        public void WriteOptional(string? text)
        {
            Write(text is not null);
            Write(text ?? "");
        }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            Write(bytes.Length);
            output.Append(bytes);
        }
    }

    /// <summary>Reads what <see cref="ByteWriter"/> wrote.</summary>
    private ref struct ByteReader(byte[] bytes)
    {
        private const int MoreBit = 0x80;
        private const int BitsInByte = 7;
        private const int MaxLengthBits = 28;

        private int _at;

        public readonly int Left => bytes.Length - _at;

        public byte ReadByte() => Take(1).Span[0];

        public bool ReadBoolean() => ReadByte() != 0;

        public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)).Span);

        public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)).Span);

        /// <exception cref="ArgumentException">The bytes are no decimal.</exception>
        public decimal ReadDecimal() => new([ReadInt32(), ReadInt32(), ReadInt32(), ReadInt32()]);

        public string ReadText()
        {
            var length = 0;
            for (var shift = 0; ; shift += BitsInByte)
            {
                if (shift > MaxLengthBits)
                    throw new EndOfStreamException();
                var part = ReadByte();
                length |= (part & ~MoreBit) << shift;
                if (part < MoreBit)
                    return Encoding.UTF8.GetString(Take(length).Span);
            }
        }

        public string? ReadOptionalText()
        {
            var isThere = ReadBoolean();
            var text = ReadText();
            return isThere ? text : null;
        }

        public ReadOnlyMemory<byte> ReadBytes() => Take(ReadInt32());

        private ReadOnlyMemory<byte> Take(int count)
        {
            if (count < 0 || count > Left)
                throw new EndOfStreamException();
            var taken = bytes.AsMemory(_at, count);
            _at += count;
            return taken;
        }
    }
}
