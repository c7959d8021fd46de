using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>The tool calls that a stream has opened, so that pieces without an index find theirs, and names and ids are told once.</summary>
/// <remarks>Clients append a name to the name they have: a vendor that repeats it in every piece calls <c>get_weatherget_weather</c>.</remarks>
internal sealed class ToolCallLedger
{
    private sealed class Call(int choice, int index)
    {
        private StringBuilder? _arguments;

        public int Choice { get; } = choice;

        public int Index { get; } = index;

        public string Id { get; set; } = "";

        public string Name { get; set; } = "";

        /// <summary>The arguments so far are one JSON document, so that a further piece can only be of another call.</summary>
        public bool IsClosed { get; private set; }

        public void Append(string arguments)
        {
            if (arguments.Length == 0)
                return;
            (_arguments ??= new StringBuilder()).Append(arguments);
            IsClosed = arguments.AsSpan().TrimEnd().EndsWith('}') && IsJson(_arguments.ToString());
        }

        private static bool IsJson(string text)
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }

    private readonly List<Call> _calls = [];

    /// <summary>The index of a call whose vendor did not write one: that of its id, else a new one where it can be none of those that are open.</summary>
    /// <param name="choice">The choice it is of.</param>
    /// <param name="place">Its place among the calls of this chunk.</param>
    /// <param name="isAlone">It is the only call of this chunk.</param>
    /// <param name="id">Its id; empty when it has none.</param>
    /// <param name="name">Its name; empty when it has none.</param>
    public int IndexOf(int choice, int place, bool isAlone, string id, string name)
    {
        if (id.Length > 0 && _calls.Find(call => call.Choice == choice && call.Id == id) is { } known)
            return known.Index;
        var last = _calls.FindLast(call => call.Choice == choice);
        if (last is null)
            return place;
        if (id.Length > 0 || (name.Length > 0 && (place > 0 || name != last.Name || last.IsClosed)))
            return last.Index + 1;
        return isAlone ? last.Index : place;
    }

    /// <summary>Notes the opening of a call with an index; false, and nothing is noted, where it repeats what is known or a new call lacks an id.</summary>
    public bool TryOpen(in CallHead head, ReadOnlySpan<byte> chunk) =>
        TryOpen(head.Choice, head.Index, Encoding.UTF8.GetString(head.Id.In(chunk)), Encoding.UTF8.GetString(head.Name.In(chunk)));

    /// <summary>As <see cref="TryOpen(in CallHead, ReadOnlySpan{byte})"/> for a chunk that opens several, all of which have an index.</summary>
    public bool TryOpenAll(ReadOnlyMemory<byte> chunk)
    {
        using var document = JsonDocument.Parse(chunk);
        var openings = new List<(int Choice, int Index, string Id, string Name)>();
        foreach (var choice in document.RootElement.GetProperty("choices"u8).EnumerateArray())
        {
            if (!choice.Has("delta"u8, JsonValueKind.Object, out var delta) || !delta.Has("tool_calls"u8, JsonValueKind.Array, out var calls))
                continue;
            foreach (var call in calls.EnumerateArray())
            {
                call.Has("function"u8, JsonValueKind.Object, out var function);
                openings.Add((choice.Number("index"u8) ?? 0, call.Number("index"u8) ?? 0, call.Text("id"u8), function.Text("name"u8)));
            }
        }

        if (!openings.TrueForAll(opening => MayOpen(opening.Choice, opening.Index, opening.Id, opening.Name)))
            return false;
        foreach (var (choice, index, id, name) in openings)
            Note(choice, index, id, name);
        return true;
    }

    /// <summary>Notes what a piece brings of a call; which of the two it had brought before.</summary>
    public (bool IdIsKnown, bool NameIsKnown) Note(int choice, int index, string id, string name)
    {
        var call = At(choice, index);
        var (idIsKnown, nameIsKnown) = (id.Length > 0 && call.Id == id, name.Length > 0 && call.Name == name);
        if (call.Id.Length == 0)
            call.Id = id;
        if (!nameIsKnown)
            call.Name += name;
        return (idIsKnown, nameIsKnown);
    }

    /// <summary>The call has not begun, as far as is known.</summary>
    public bool IsNew(int choice, int index) => !_calls.Exists(call => call.Choice == choice && call.Index == index);

    /// <summary>Notes a piece of a call's arguments.</summary>
    public void Append(int choice, int index, string arguments) => At(choice, index).Append(arguments);

    private bool TryOpen(int choice, int index, string id, string name)
    {
        if (!MayOpen(choice, index, id, name))
            return false;
        Note(choice, index, id, name);
        return true;
    }

    private bool MayOpen(int choice, int index, string id, string name)
    {
        var known = _calls.Find(call => call.Choice == choice && call.Index == index);
        return known is null ? id.Length > 0 : (id.Length == 0 || id != known.Id) && (name.Length == 0 || name != known.Name);
    }

    private Call At(int choice, int index)
    {
        if (_calls.Find(call => call.Choice == choice && call.Index == index) is { } known)
            return known;
        var added = new Call(choice, index);
        _calls.Add(added);
        return added;
    }
}
