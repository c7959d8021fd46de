using System.Buffers.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Caching;

/// <summary>Finds where answers tell their id and when they were made, and writes them with others.</summary>
internal static class AnswerMarks
{
    private const int MaxNumberLength = 32;

    /// <summary>The marks of an answer; false where part of it cannot be read, as when it is nested deeper than anyone reads.</summary>
    public static bool TryFind(ReadOnlySpan<byte> body, bool isStream, out AnswerMark[] marks)
    {
        try
        {
            marks = isStream ? OfEvents(body) : OfBody(body);
            return true;
        }
        catch (JsonException)
        {
            marks = [];
            return false;
        }
    }

    /// <summary>The marks of an answer whose reader saw where they stand.</summary>
    public static AnswerMark[] Of(in UsualAnswer answer)
    {
        var (id, created) = (new AnswerMark(answer.Id, IsId: true), new AnswerMark(answer.Created, IsId: false));
        return (answer.Id.IsEmpty, answer.Created.IsEmpty) switch
        {
            (true, true) => [],
            (true, false) => [created],
            (false, true) => [id],
            _ => id.Value.Start < created.Value.Start ? [id, created] : [created, id],
        };
    }

    /// <summary>The marks of one JSON object.</summary>
    public static AnswerMark[] OfBody(ReadOnlySpan<byte> body)
    {
        var marks = new List<AnswerMark>(2);
        Add(marks, body, 0);
        return [.. marks];
    }

    /// <summary>The marks of a stream; each event is one <c>data:</c> line.</summary>
    private static AnswerMark[] OfEvents(ReadOnlySpan<byte> events)
    {
        var marks = new List<AnswerMark>();
        foreach (var range in events.Split((byte)'\n'))
        {
            var (start, length) = range.GetOffsetAndLength(events.Length);
            var line = events.Slice(start, length);
            if (line.StartsWith("data:"u8))
                Add(marks, line["data:"u8.Length..], start + "data:"u8.Length);
        }

        return [.. marks];
    }

    /// <summary>The bytes with this id, and made at this time.</summary>
    public static void Write(ReadOnlySpan<byte> bytes, ReadOnlySpan<AnswerMark> marks, string id, long createdAt, PooledWriter output)
    {
        Span<byte> created = stackalloc byte[MaxNumberLength];
        Utf8Formatter.TryFormat(createdAt, created, out var createdLength);
        var quoted = JsonEncodedText.Encode(id).EncodedUtf8Bytes;
        var done = 0;
        foreach (var (value, isId) in marks)
        {
            output.Append(bytes[done..value.Start]);
            if (isId)
            {
                output.Append("\""u8);
                output.Append(quoted);
                output.Append("\""u8);
            }
            else
            {
                output.Append(created[..createdLength]);
            }

            done = value.End;
        }

        output.Append(bytes[done..]);
    }

    private static void Add(List<AnswerMark> marks, ReadOnlySpan<byte> json, int offset)
    {
        var members = new JsonMemberReader(json);
        while (members.Read())
        {
            var isId = members.Kind == JsonTokenType.String && members.Is("id"u8);
            if (isId || (members.Kind == JsonTokenType.Number && members.Is("created"u8)))
                marks.Add(new AnswerMark(members.Value with { Start = members.Value.Start + offset }, isId));
        }
    }
}
