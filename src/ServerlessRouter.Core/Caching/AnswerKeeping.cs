using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Caching;

/// <summary>
/// Makes an entry of an answer that may be given again: a whole one, with something in it, by the model that was planned first. Cuts, errors, filtered and empty answers are none, and neither are those of fallbacks: what
/// answered while a model was down would go on answering when it is back.
/// </summary>
/// <param name="request">The request that was answered.</param>
/// <param name="terms">What the cache may do for it.</param>
/// <param name="now">When it was answered.</param>
internal readonly struct AnswerKeeping(RequestContext request, CacheTerms terms, DateTimeOffset now)
{
    private const int MaxChoices = 128;

    /// <summary>The entry, over the answer's own buffer; null for an answer that is not given again.</summary>
    public CachedAnswer? TryKeep(ChatAnswer answer)
    {
        var isEmbedding = request.Operation == AttemptOperation.Embeddings;
        if (answer.Schema != WireSchema.Chat || answer.Body.Length > terms.Model.MaxEntryBytes || ModelOf() is not { } model)
            return null;
        if (!isEmbedding && answer.Usual is null && !IsWhole(AnswerReader.OfBody(answer.Body)))
            return null;
        var marks = answer.Usual is { } usual ? AnswerMarks.Of(usual) : null;
        if (marks is null && !AnswerMarks.TryFind(answer.Body.Span, isStream: false, out marks))
            return null;
        return new CachedAnswer
        {
            IsStream = false,
            Body = answer.Body,
            Marks = marks,
            HasUsage = !answer.UsageRange.IsEmpty,
            Model = model,
            Usage = request.Answered!.Usage,
            FinishReason = answer.FinishReason,
            ContentBytes = answer.ContentBytes,
            CostUsd = request.Answered.CostUsd,
            StoredAt = now,
            ExpiresAt = now + terms.Ttl,
        };
    }

    /// <summary>The entry of a stream that was read to its proper end, over the buffer of its events; null for one that is not given again.</summary>
    public CachedAnswer? TryKeep(ChatStream stream, ReadOnlyMemory<byte> events)
    {
        if (stream.Schema != WireSchema.Chat || ModelOf() is not { } model || !IsWhole(AnswerReader.OfEvents(events)))
            return null;
        if (!AnswerMarks.TryFind(events.Span, isStream: true, out var marks))
            return null;
        return new CachedAnswer
        {
            IsStream = true,
            Body = events,
            Marks = marks,
            UsageChunk = WithoutChoices(stream.UsageChunk.Span),
            Model = model,
            Usage = request.Answered!.Usage,
            FinishReason = stream.FinishReason,
            ContentBytes = stream.ContentBytes,
            CostUsd = request.Answered.CostUsd,
            StoredAt = now,
            ExpiresAt = now + terms.Ttl,
        };
    }

    /// <summary>The model that answered, where its answers are given again.</summary>
    private string? ModelOf()
    {
        if (request.Answered is not { Failure: null } answered || request.Error is not null)
            return null;
        var candidates = request.Plan.Candidates;
        var steps = Math.Max(1, request.Plan.Cascade?.Steps ?? 1);
        for (var place = 0; place < steps && place < candidates.Length; place++)
        {
            if (ReferenceEquals(candidates[place].Model, answered.Model))
                return answered.Model.Name;
        }

        return null;
    }

    private static bool IsWhole(IReadOnlyList<AnswerChoice> choices)
    {
        if (choices.Count is 0 or > MaxChoices)
            return false;
        foreach (var choice in choices)
        {
            if (choice.FinishReason is null or "" or "content_filter" or "error" || (choice.Text.IsEmpty && choice.ToolCalls.Count == 0 && !choice.IsRefusal && !choice.HasMedia))
                return false;
        }

        return true;
    }

    /// <summary>A vendor that does not stream tells the usage with the whole answer, which the events hold already.</summary>
    private static byte[] WithoutChoices(ReadOnlySpan<byte> usageChunk)
    {
        if (usageChunk.IsEmpty)
            return [];
        using var output = new PooledWriter(usageChunk.Length);
        output.Append("{\"choices\":[]"u8);
        var members = new JsonMemberReader(usageChunk);
        while (members.Read())
        {
            if (members.Is("choices"u8))
                continue;
            output.Append(",\""u8);
            output.Append(members.Name);
            output.Append("\":"u8);
            output.Append(members.Is("object"u8) ? "\"chat.completion.chunk\""u8 : members.Value.In(usageChunk));
        }

        output.Append("}"u8);
        return output.Written.ToArray();
    }
}
