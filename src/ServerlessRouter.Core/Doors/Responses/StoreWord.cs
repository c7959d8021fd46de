using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>
/// What an answer says of its being kept. A vendor says what it does itself, and what the router meant to keep may find no room, so the one word is put right; every other byte stays.
/// </summary>
public static class StoreWord
{
    private static ReadOnlySpan<byte> Name => "\"store\""u8;

    /// <summary>The response, saying that it is kept or not; as it is where it says so already, or nothing of it.</summary>
    public static ReadOnlyMemory<byte> In(ReadOnlyMemory<byte> response, bool isKept) =>
        FindIn(response.Span, isKept, 0) is { } place ? Put(response.Span, [place], isKept) : response;

    /// <summary>Whole events, in which every response says that it is kept or not.</summary>
    public static ReadOnlyMemory<byte> InEvents(ReadOnlyMemory<byte> events, bool isKept)
    {
        var all = events.Span;
        // Inside of texts the quotes are escaped.
        if (all.IndexOf(Name) < 0)
            return events;
        var places = new List<JsonRange>();
        foreach (var range in all.Split((byte)'\n'))
        {
            var line = all[range];
            if (line.StartsWith("data:"u8) && line.IndexOf(Name) >= 0 && FindInEvent(line["data:"u8.Length..], isKept, range.Start.GetOffset(all.Length) + "data:"u8.Length) is { } place)
                places.Add(place);
        }

        return places.Count == 0 ? events : Put(all, places, isKept);
    }

    private static JsonRange? FindInEvent(ReadOnlySpan<byte> data, bool isKept, int offset)
    {
        var response = MemberPlace.Find(data, "response"u8);
        return response.IsEmpty ? null : FindIn(response.In(data), isKept, offset + response.Start);
    }

    private static JsonRange? FindIn(ReadOnlySpan<byte> response, bool isKept, int offset)
    {
        var word = MemberPlace.Find(response, "store"u8);
        return word.In(response) is var said && said.SequenceEqual(isKept ? "false"u8 : "true"u8) ? new JsonRange(offset + word.Start, word.Length) : null;
    }

    private static byte[] Put(ReadOnlySpan<byte> json, List<JsonRange> places, bool isKept)
    {
        using var output = new PooledWriter(json.Length + places.Count);
        var at = 0;
        foreach (var place in places)
        {
            output.Append(json[at..place.Start]);
            output.Append(isKept ? "true"u8 : "false"u8);
            at = place.End;
        }

        output.Append(json[at..]);
        return output.Written.ToArray();
    }
}
