using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Puts a request together with what it goes on from, so that it stands for itself.</summary>
public static class ResponsesConversation
{
    private static readonly byte[] Completed = [.. "event: response.completed"u8];
    private static readonly byte[] Incomplete = [.. "event: response.incomplete"u8];
    private static readonly byte[] Failed = [.. "event: response.failed"u8];

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ChatRequestScanner.MaxDepth };

    /// <summary>The ids of the items that the input names, with their places. A body that cannot be read names none.</summary>
    public static IReadOnlyList<(int Place, string Id)> References(ReadOnlyMemory<byte> body)
    {
        var found = new List<(int, string)>();
        Look(body, root =>
        {
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("input"u8, out var input) || input.ValueKind != JsonValueKind.Array)
                return;
            var place = 0;
            foreach (var item in input.EnumerateArray())
            {
                if (IdOfReference(item) is { } id)
                    found.Add((place, id));
                place++;
            }
        });
        return found;
    }

    /// <summary>
    /// Writes the request as one that names nothing that is kept: its input behind the earlier items, named items in their places, and <c>store</c> said. Answers the items of the input, as
    /// the inside of a list, or null for a body that cannot be read.
    /// </summary>
    /// <param name="body">The request as it came.</param>
    /// <param name="earlier">The earlier items, as the inside of a list.</param>
    /// <param name="named">The items that the input names, by id.</param>
    /// <param name="keeping">What becomes of the answer.</param>
    /// <param name="output">Takes one JSON object.</param>
    public static byte[]? Write(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> earlier, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> named, ResponseKeeping keeping, IBufferWriter<byte> output)
    {
        byte[]? items = null;
        Look(body, root =>
        {
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("input"u8, out var input) || input.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
                return;
            items = Items(input, earlier.Span, named);
            using var writer = new Utf8JsonWriter(output, ResponsesDoor.WriterOptions);
            writer.WriteStartObject();
            foreach (var member in root.EnumerateObject())
            {
                if (!member.NameEquals("input"u8) && !member.NameEquals("store"u8) && !member.NameEquals("previous_response_id"u8) && !(keeping.IsBackground && member.NameEquals("background"u8)))
                    ResponsesRequestReader.Copy(writer, member);
            }

            if (keeping.IsBackground)
                writer.WriteBoolean("background"u8, true);
            writer.WriteBoolean("store"u8, keeping.IsStored);
            writer.WritePropertyName("input"u8);
            writer.WriteRawValue((byte[])[.. "["u8, .. items, .. "]"u8], skipInputValidation: true);
            writer.WriteEndObject();
        });
        return items;
    }

    /// <summary>Whether one of these events tells that the response has failed.</summary>
    public static bool TellsFailure(ReadOnlySpan<byte> events) => PlaceOf(events, Failed) >= 0;

    /// <summary>The response that the last of these events tells as ended; empty where none does. One that failed is nothing to go on from.</summary>
    public static ReadOnlyMemory<byte> ResponseIn(ReadOnlyMemory<byte> events)
    {
        foreach (var end in (ReadOnlySpan<byte[]>)[Completed, Incomplete])
        {
            var place = PlaceOf(events.Span, end);
            if (place < 0)
                continue;
            var rest = events[(place + end.Length)..];
            var data = rest.Span.IndexOf("data:"u8);
            if (data < 0)
                continue;
            rest = rest[(data + "data:"u8.Length)..];
            var line = rest.Span.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var length ? rest[..length] : rest;
            var range = MemberPlace.Find(line.Span, "response"u8);
            return line.Slice(range.Start, range.Length);
        }

        return default;
    }

    /// <summary>Whether a response has an answer that one can go on from.</summary>
    public static bool HasEnded(ReadOnlySpan<byte> response) => MemberPlace.Find(response, "status"u8).In(response) is var status && (status.SequenceEqual("\"completed\""u8) || status.SequenceEqual("\"incomplete\""u8));

    /// <summary>The id of a response; null where it has none.</summary>
    public static string? IdOf(ReadOnlySpan<byte> response) =>
        MemberPlace.Find(response, "id"u8).In(response) is [(byte)'"', .., (byte)'"'] id && !id.Contains((byte)'\\') ? Encoding.UTF8.GetString(id[1..^1]) : null;

    /// <summary>The items in a list whose inside is given; each that has no id gets one that follows from its place in the response.</summary>
    public static IReadOnlyList<(string Id, ReadOnlyMemory<byte> Item)> Named(ReadOnlyMemory<byte> items, string responseId)
    {
        var named = new List<(string, ReadOnlyMemory<byte>)>();
        Look((byte[])[.. "["u8, .. items.Span, .. "]"u8], list =>
        {
            foreach (var item in list.EnumerateArray())
            {
                var raw = JsonMarshal.GetRawUtf8Value(item);
                if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("id"u8, out var id) && id.ValueKind == JsonValueKind.String)
                {
                    named.Add((id.GetString()!, raw.ToArray()));
                    continue;
                }

                var given = string.Create(CultureInfo.InvariantCulture, $"item_{responseId[(responseId.IndexOf('_', StringComparison.Ordinal) + 1)..]}_{named.Count}");
                if (item.ValueKind == JsonValueKind.Object)
                    named.Add((given, (byte[])[.. Encoding.UTF8.GetBytes($"{{\"id\":\"{given}\""), .. item.EnumerateObject().Any() ? ","u8 : ""u8, .. raw[1..].TrimStart(" \n\r\t"u8)]));
            }
        });
        return named;
    }

    /// <summary>The items of a response's output, as the inside of a list.</summary>
    public static byte[] OutputOf(ReadOnlySpan<byte> response)
    {
        var output = MemberPlace.Find(response, "output"u8).In(response);
        return output is [(byte)'[', .., (byte)']'] ? output[1..^1].Trim(" \n\r\t"u8).ToArray() : [];
    }

    /// <summary>The item of this id in a list whose inside is given; empty when it is not there.</summary>
    public static ReadOnlyMemory<byte> Find(ReadOnlyMemory<byte> items, string id)
    {
        ReadOnlyMemory<byte> found = default;
        Look((byte[])[.. "["u8, .. items.Span, .. "]"u8], list =>
        {
            foreach (var item in list.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("id"u8, out var known) && known.ValueKind == JsonValueKind.String && known.ValueEquals(id))
                    found = JsonMarshal.GetRawUtf8Value(item).ToArray();
            }
        });
        return found;
    }

    /// <summary>Both lists, as the inside of one.</summary>
    public static byte[] Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => first.IsEmpty ? second.ToArray() : second.IsEmpty ? first.ToArray() : [.. first, .. ","u8, .. second];

    /// <summary>Where the last event of this kind begins; below zero where there is none. Inside of JSON there are no line breaks, so a line that begins so is no text of the model's.</summary>
    private static int PlaceOf(ReadOnlySpan<byte> events, ReadOnlySpan<byte> kind)
    {
        var place = events.LastIndexOf(kind);
        return place > 0 && events[place - 1] is not ((byte)'\n' or (byte)'\r') ? -1 : place;
    }

    private static byte[] Items(JsonElement input, ReadOnlySpan<byte> earlier, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> named)
    {
        using var items = new PooledWriter(1024);
        items.Append(earlier);
        if (input.ValueKind == JsonValueKind.String)
        {
            Separate(items);
            items.Append("{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":"u8);
            items.Append(JsonMarshal.GetRawUtf8Value(input));
            items.Append("}]}"u8);
            return items.Written.ToArray();
        }

        foreach (var item in input.EnumerateArray())
        {
            Separate(items);
            items.Append(IdOfReference(item) is { } id && named.TryGetValue(id, out var known) ? known.Span : JsonMarshal.GetRawUtf8Value(item));
        }

        return items.Written.ToArray();
    }

    private static void Separate(PooledWriter items)
    {
        if (items.Length > 0)
            items.Append(","u8);
    }

    private static string? IdOfReference(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && InputItems.KindOf(item) == InputItemKind.Reference && item.TryGetProperty("id"u8, out var id) && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;

    private static void Look(ReadOnlyMemory<byte> json, Action<JsonElement> look)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            look(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The door says what is wrong with it.
        }
    }
}
