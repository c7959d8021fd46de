using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Caching;

/// <summary>A kept answer as bytes, and back.</summary>
internal static class CachedAnswerBytes
{
    private const byte Version = 1;

    public static byte[] Write(CachedAnswer answer)
    {
        using var output = new MemoryStream(answer.Size + 256);
        using var writer = new BinaryWriter(output);
        writer.Write(Version);
        writer.Write(answer.IsStream);
        writer.Write(answer.HasUsage);
        writer.Write(answer.Model);
        Write(writer, answer.Usage);
        Write(writer, answer.FinishReason);
        writer.Write(answer.ContentBytes);
        writer.Write(answer.CostUsd);
        writer.Write(answer.StoredAt.UtcTicks);
        writer.Write(answer.ExpiresAt.UtcTicks);
        Write(writer, answer.UsageChunk);
        Write(writer, answer.Body);
        writer.Write(answer.Marks.Length);
        foreach (var (value, isId) in answer.Marks)
        {
            writer.Write(value.Start);
            writer.Write(value.Length);
            writer.Write(isId);
        }

        writer.Flush();
        return output.ToArray();
    }

    /// <summary>False where the bytes are none that this version wrote.</summary>
    public static bool TryRead(byte[] bytes, [NotNullWhen(true)] out CachedAnswer? answer)
    {
        answer = null;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
            if (reader.ReadByte() != Version)
                return false;
            answer = new CachedAnswer
            {
                IsStream = reader.ReadBoolean(),
                HasUsage = reader.ReadBoolean(),
                Model = reader.ReadString(),
                Usage = ReadUsage(reader),
                FinishReason = ReadText(reader),
                ContentBytes = reader.ReadInt64(),
                CostUsd = reader.ReadDecimal(),
                StoredAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
                ExpiresAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
                UsageChunk = ReadBytes(reader),
                Body = ReadBytes(reader),
                Marks = ReadMarks(reader),
            };
            return AreInside(answer);
        }
        catch (Exception unreadable) when (unreadable is IOException or ArgumentException or FormatException)
        {
            return false;
        }
    }

    private static void Write(BinaryWriter writer, in TokenUsage usage)
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
        Write(writer, usage.ServiceTier);
    }

    private static TokenUsage ReadUsage(BinaryReader reader)
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
        return usage with { ReportedCostUsd = hasCost ? cost : null, ServiceTier = ReadText(reader) };
    }

    private static void Write(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        writer.Write(text ?? "");
    }

    private static string? ReadText(BinaryReader reader)
    {
        var isThere = reader.ReadBoolean();
        var text = reader.ReadString();
        return isThere ? text : null;
    }

    private static void Write(BinaryWriter writer, byte[] bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        var bytes = length >= 0 && length <= reader.BaseStream.Length ? reader.ReadBytes(length) : [];
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }

    private static AnswerMark[] ReadMarks(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        if (count < 0 || count > reader.BaseStream.Length)
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
}
