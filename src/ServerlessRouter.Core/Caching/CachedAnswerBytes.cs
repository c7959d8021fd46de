using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Caching;

/// <summary>A kept answer as bytes, and back.</summary>
internal static class CachedAnswerBytes
{
    private const byte Version = 2;
    private const int UsualFactsBytes = 256;

    private const int UsualMarkBytes = 7;

    /// <summary>Two numbers and a flag.</summary>
    private const int MinMarkBytes = 3;

    /// <summary>About as many bytes as it takes.</summary>
    public static int UsualLength(CachedAnswer answer) => UsualFactsBytes + answer.Body.Length + answer.UsageChunk.Length + (UsualMarkBytes * answer.Marks.Length);

    public static void Write(CachedAnswer answer, PooledWriter output)
    {
        var writer = new PackedWriter(output);
        writer.Byte(Version);
        writer.Flag(answer.IsStream);
        writer.Flag(answer.HasUsage);
        writer.Text(answer.Model);
        Write(writer, answer.Usage);
        writer.OptionalText(answer.FinishReason);
        writer.Number(answer.ContentBytes);
        writer.Money(answer.CostUsd);
        writer.Number(answer.StoredAt.UtcTicks);
        writer.Number(answer.ExpiresAt.UtcTicks);
        writer.Bytes(answer.UsageChunk.Span);
        writer.Bytes(answer.Body.Span);
        writer.Number(answer.Marks.Length);
        foreach (var (value, isId) in answer.Marks)
        {
            writer.Number(value.Start);
            writer.Number(value.Length);
            writer.Flag(isId);
        }
    }

    /// <summary>The answer, whose body is part of the bytes. False where they are none that this version wrote.</summary>
    public static bool TryRead(byte[] bytes, [NotNullWhen(true)] out CachedAnswer? answer)
    {
        answer = null;
        try
        {
            var reader = new PackedReader(bytes);
            if (reader.Byte() != Version)
                return false;
            answer = new CachedAnswer
            {
                IsStream = reader.Flag(),
                HasUsage = reader.Flag(),
                Model = reader.Text(),
                Usage = ReadUsage(ref reader),
                FinishReason = reader.OptionalText(),
                ContentBytes = reader.Number(),
                CostUsd = reader.Money(),
                StoredAt = new DateTimeOffset(reader.Number(), TimeSpan.Zero),
                ExpiresAt = new DateTimeOffset(reader.Number(), TimeSpan.Zero),
                UsageChunk = bytes.AsMemory(reader.Bytes()),
                Body = bytes.AsMemory(reader.Bytes()),
                Marks = ReadMarks(ref reader),
            };
            return AreInside(answer);
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or ArgumentException)
        {
            return false;
        }
    }

    private static void Write(PackedWriter writer, in TokenUsage usage)
    {
        writer.Number(usage.PromptTokens);
        writer.Number(usage.CompletionTokens);
        writer.Number(usage.CachedTokens);
        writer.Number(usage.CacheWriteTokens);
        writer.Number(usage.HourCacheWriteTokens);
        writer.Number(usage.ReasoningTokens);
        writer.Flag(usage.IsEstimated);
        writer.Flag(usage.ReportedCostUsd is not null);
        if (usage.ReportedCostUsd is { } cost)
            writer.Money(cost);
        writer.OptionalText(usage.ServiceTier);
    }

    private static TokenUsage ReadUsage(ref PackedReader reader)
    {
        var usage = new TokenUsage((int)reader.Number(), (int)reader.Number())
        {
            CachedTokens = (int)reader.Number(),
            CacheWriteTokens = (int)reader.Number(),
            HourCacheWriteTokens = (int)reader.Number(),
            ReasoningTokens = (int)reader.Number(),
            IsEstimated = reader.Flag(),
        };
        return usage with { ReportedCostUsd = reader.Flag() ? reader.Money() : null, ServiceTier = reader.OptionalText() };
    }

    private static AnswerMark[] ReadMarks(ref PackedReader reader)
    {
        var count = reader.Count();
        if ((long)count * MinMarkBytes > reader.Left)
            throw new InvalidDataException();
        var marks = new AnswerMark[count];
        for (var place = 0; place < count; place++)
            marks[place] = new AnswerMark(new JsonRange(reader.Count(), reader.Count()), reader.Flag());
        return marks;
    }

    private static bool AreInside(CachedAnswer answer)
    {
        var end = 0;
        foreach (var (value, _) in answer.Marks)
        {
            if (value.Start < end || value.Start > answer.Body.Length || value.Length > answer.Body.Length - value.Start)
                return false;
            end = value.End;
        }

        return true;
    }
}
