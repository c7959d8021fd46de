using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// The caller's messages as the vendor wants them: 1 the system prompt apart, 2 turns of user and assistant in alternation, 3 each call's result at the beginning of the turn behind it,
/// 4 the user first and last, unless the model continues an assistant's text.
/// </summary>
internal sealed class AnthropicConversation(TranslationNotes notes)
{
    // The vendor wants a turn of at least one block that is not blank.
    private const string Nothing = "(nothing)";
    private const string Beginning = "(The conversation begins with the assistant.)";
    private const string GoOn = "(Go on.)";
    private const string NoResult = "(no result)";
    private const string Failed = "(failed)";

    private readonly ContentReader _reader = new(notes);

    public List<AnthropicBlock> System { get; } = [];

    public List<AnthropicTurn> Turns { get; } = [];

    public ToolCallIds Calls { get; } = new();

    /// <summary>The assistant spoke last.</summary>
    public bool EndsWithAssistant => Turns is [.., { IsAssistant: true }];

    /// <summary>It ends with a text of the assistant's, which a model can go on with.</summary>
    public bool CanBeContinued => EndsWithAssistant && Turns[^1].Blocks is not [.., AnthropicBlock.Text { Value: Nothing }];

    /// <summary>Marks of the prompt cache.</summary>
    public int Marks => MarksIn(System) + Turns.Sum(static turn => MarksIn(turn.Blocks));

    public void Read(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            notes.Refuse("messages", "'messages' is not an array.");
            return;
        }

        var number = 0;
        foreach (var message in messages.EnumerateArray())
            ReadMessage(message, new MessagePlace(number++));
        PlaceResults();
        FillTurns();
    }

    /// <summary>
    /// Makes the end one that the model takes: an assistant's text to be continued may not end with white space, nor follow its thinking; a model that continues none is told to go on.
    /// A model that never thinks gets no thinking back.
    /// </summary>
    public void End(bool takesPrefill, bool takesThinking)
    {
        if (!takesThinking)
        {
            foreach (var turn in Turns)
                StripThinking(turn);
        }

        if (!EndsWithAssistant)
            return;
        if (!takesPrefill || !CanBeContinued)
        {
            AddUserTurn(GoOn);
            return;
        }

        var blocks = Turns[^1].Blocks;
        StripThinking(Turns[^1]);
        if (blocks is [.., AnthropicBlock.Text last] && last.Value.TrimEnd() is var trimmed && trimmed.Length < last.Value.Length)
        {
            notes.Change("messages", "white space at the end of the last message", null);
            blocks[^1] = last with { Value = trimmed };
        }
    }

    /// <summary>
    /// Whether a call that is being answered was made without thinking, or its thinking did not come back: the vendor refuses to think on. What lies before the last turn of the user's own
    /// words does not count.
    /// </summary>
    public bool LacksThinking()
    {
        var first = Turns.Count;
        while (first > 0 && (Turns[first - 1].IsAssistant || Turns[first - 1].HasResults))
            first--;
        for (var place = first; place < Turns.Count; place++)
        {
            if (Turns[place].IsAssistant)
                return Turns[place].Blocks is not [{ IsThinking: true }, ..] && Turns.FindIndex(place, static turn => turn.Calls is not null) >= 0;
        }

        return false;
    }

    /// <summary>The system prompt as the vendor's own API has it, beside the messages: it comes first.</summary>
    public void ReadOwnSystem(JsonElement system)
    {
        if (system.ValueKind is JsonValueKind.String or JsonValueKind.Array)
            _reader.Read(system, default, ContentHome.System, System);
        else if (system.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            notes.Refuse("system", "'system' must be a text or a list of texts.");
    }

    private void ReadMessage(JsonElement message, MessagePlace place)
    {
        switch (LooseJson.Text(message, "role"))
        {
            case "system" or "developer":
                ReadSystem(message, place);
                break;
            case "user":
                ReadUser(message, place);
                break;
            case "assistant":
                ReadAssistant(message, place);
                break;
            case "tool" or "function":
                ReadResult(message, place);
                break;
            case var role:
                notes.Refuse($"{place}.role", $"'{place}.role' is '{role}'; it must be system, developer, user, assistant or tool.");
                break;
        }

        if (notes.IsRead && LooseJson.Member(message, "name") is { ValueKind: JsonValueKind.String } name && LooseJson.Text(message, "role") is "user" or "system" or "developer" or "assistant")
            notes.Drop($"{place}.name", LooseJson.Member(message, "name"));
    }

    private void ReadSystem(JsonElement message, MessagePlace place)
    {
        if (notes.IsRead && Turns.Count > 0)
            notes.Change($"{place}.role", LooseJson.Text(message, "role"), "system, at the beginning");
        var first = System.Count;
        _reader.Read(LooseJson.Member(message, "content"), place, ContentHome.System, System);
        Mark(System, first, message);
    }

    private void ReadUser(JsonElement message, MessagePlace place)
    {
        var blocks = TurnOf(isAssistant: false).Blocks;
        var content = new List<AnthropicBlock>(2);
        _reader.Read(LooseJson.Member(message, "content"), place, ContentHome.User, content);
        Mark(content, 0, message);
        foreach (var block in content)
        {
            // Results in the vendor's own form stand among the user's parts.
            if (block is AnthropicBlock.Own { Block: var own } && LooseJson.Text(own, "type") == "tool_result")
                TakeResult(LooseJson.Text(own, "tool_use_id"), null, own, place);
            else
                blocks.Add(block);
        }
    }

    private void ReadAssistant(JsonElement message, MessagePlace place)
    {
        var blocks = new List<AnthropicBlock>();
        ReasoningHistory.Read(message, blocks, notes);
        _reader.Read(LooseJson.Member(message, "content"), place, ContentHome.Assistant, blocks);
        // Thinking among the parts, and the message's own: the one form is the other's copy.
        if (blocks is [{ IsThinking: true }, ..])
            RemoveCopies(blocks);
        if (LooseJson.Text(message, "refusal") is { } refusal && !string.IsNullOrWhiteSpace(refusal))
            blocks.Add(new AnthropicBlock.Text(refusal));
        if (LooseJson.Member(message, "images") is { ValueKind: JsonValueKind.Array } images && images.GetArrayLength() > 0)
            notes.Strip("images");
        if (LooseJson.Member(message, "audio").ValueKind == JsonValueKind.Object)
            notes.Strip("audio");
        // What the vendor's own tools did stood among the texts, where is no longer known.
        if (LooseJson.Member(LooseJson.Member(message, AnthropicOthers.Name), "content_blocks") is { ValueKind: JsonValueKind.Array } others && others.GetArrayLength() > 0)
            notes.Strip("content_blocks");

        var calls = ReadCalls(message, place, blocks);
        if (blocks.Count == 0)
            return;
        Mark(blocks, 0, message);
        var turn = TurnOf(isAssistant: true);
        turn.Blocks.AddRange(blocks);
        if (calls is not null)
            (turn.Calls ??= []).AddRange(calls);
    }

    private static void RemoveCopies(List<AnthropicBlock> blocks)
    {
        var seen = new HashSet<AnthropicBlock>();
        blocks.RemoveAll(block => block.IsThinking && !seen.Add(block));
    }

    private List<ToolCallInHistory>? ReadCalls(JsonElement message, MessagePlace place, List<AnthropicBlock> blocks)
    {
        List<ToolCallInHistory>? calls = null;
        var turn = EndsWithAssistant ? Turns.Count - 1 : Turns.Count;
        var number = 0;
        RemoveCallsThatComeAgain(message, blocks);
        for (var at = 0; at < blocks.Count; at++)
        {
            if (blocks[at] is AnthropicBlock.Own { Block: var block, CacheControl: var mark } && LooseJson.Text(block, "type") == "tool_use")
                blocks[at] = Call(LooseJson.Text(block, "id"), block, "input", number++) with { CacheControl = mark };
        }

        if (LooseJson.Member(message, "tool_calls") is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var call in list.EnumerateArray())
            {
                var id = LooseJson.Text(call, "id");
                var made = LooseJson.Member(call, "custom") is { ValueKind: JsonValueKind.Object } custom
                    ? Call(id, custom, "input", number++) with { IsFreeForm = true }
                    : Call(id, LooseJson.Member(call, "function"), "arguments", number++);
                blocks.Add(made with { CacheControl = LooseJson.Member(call, "cache_control") });
            }
        }

        if (LooseJson.Member(message, "function_call") is { ValueKind: JsonValueKind.Object } old)
            blocks.Add(Call(null, old, "arguments", -1));
        return calls;

        AnthropicBlock.ToolUse Call(string? id, JsonElement function, string arguments, int number)
        {
            var at = new CallPlace(place.Message, number);
            var name = LooseJson.Text(function, "name") ?? "";
            if (name.Length == 0)
                notes.Refuse($"{at}.name", $"'{at}.name' is missing.");
            var call = Calls.Add(id, name, turn);
            (calls ??= []).Add(call);
            return new AnthropicBlock.ToolUse(call.Id, ToolNames.Legal(name, at, notes), LooseJson.Member(function, arguments), at);
        }
    }

    /// <summary>Some clients keep the vendor's own parts beside <c>tool_calls</c>: one call in two forms.</summary>
    private static void RemoveCallsThatComeAgain(JsonElement message, List<AnthropicBlock> blocks)
    {
        if (LooseJson.Member(message, "tool_calls") is not { ValueKind: JsonValueKind.Array } list)
            return;
        var ids = list.EnumerateArray().Select(static call => LooseJson.Text(call, "id")).OfType<string>().ToHashSet(StringComparer.Ordinal);
        blocks.RemoveAll(block => block is AnthropicBlock.Own { Block: var own } && LooseJson.Text(own, "type") == "tool_use" && LooseJson.Text(own, "id") is { } id && ids.Contains(id));
    }

    private void ReadResult(JsonElement message, MessagePlace place)
    {
        var isOld = LooseJson.Text(message, "role") == "function";
        TakeResult(isOld ? null : LooseJson.Text(message, "tool_call_id"), LooseJson.Text(message, "name"), message, place);
        // What follows a result is another turn of the assistant's.
        if (EndsWithAssistant)
            TurnOf(isAssistant: false);
    }

    private void TakeResult(string? id, string? name, JsonElement result, MessagePlace place)
    {
        var content = new List<AnthropicBlock>();
        _reader.Read(LooseJson.Member(result, "content"), place, ContentHome.Result, content);
        if (Calls.Find(id, name) is not { } call)
        {
            if (notes.IsRead)
                notes.Change(place.ToString(), "a result without a call", "text");
            var blocks = TurnOf(isAssistant: false).Blocks;
            blocks.Add(new AnthropicBlock.Text($"Result of the tool {name ?? id ?? "call"}, whose call is not part of this conversation:"));
            blocks.AddRange(content);
            return;
        }

        if (call.Result is { } first)
        {
            if (notes.IsRead)
                notes.Change(place.ToString(), "a second result of one call", "one with the first");
            first.Content.AddRange(content);
            return;
        }

        call.Result = new AnthropicBlock.ToolResult(call.Id, content)
        {
            IsError = LooseJson.Member(result, "is_error").ValueKind == JsonValueKind.True,
            CacheControl = LooseJson.Member(result, "cache_control"),
        };
    }

    private void StripThinking(AnthropicTurn turn)
    {
        if (turn.Blocks.RemoveAll(static block => block.IsThinking) > 0)
            notes.Strip("reasoning");
        if (turn.Blocks.Count == 0)
            turn.Blocks.Add(new AnthropicBlock.Text(Nothing));
    }

    private static int MarksIn(List<AnthropicBlock> blocks)
    {
        var marks = 0;
        foreach (var block in blocks)
        {
            marks += block.CacheControl.ValueKind == JsonValueKind.Object ? 1 : 0;
            if (block is AnthropicBlock.ToolResult result)
                marks += MarksIn(result.Content);
        }

        return marks;
    }

    private AnthropicTurn TurnOf(bool isAssistant)
    {
        if (Turns is [.., var last] && last.IsAssistant == isAssistant)
            return last;
        var turn = new AnthropicTurn(isAssistant);
        Turns.Add(turn);
        return turn;
    }

    private void AddUserTurn(string text)
    {
        notes.Change("messages", null, text);
        var turn = new AnthropicTurn(isAssistant: false);
        turn.Blocks.Add(new AnthropicBlock.Text(text));
        Turns.Add(turn);
    }

    /// <summary>The mark of a message goes to its last block, unless the block has its own.</summary>
    private static void Mark(List<AnthropicBlock> blocks, int first, JsonElement message)
    {
        if (LooseJson.Member(message, "cache_control") is not { ValueKind: JsonValueKind.Object } mark || blocks.Count <= first)
            return;
        if (blocks[^1] is { IsThinking: false, CacheControl.ValueKind: not JsonValueKind.Object } last)
            blocks[^1] = last with { CacheControl = mark };
    }

    private void PlaceResults()
    {
        for (var place = 0; place < Turns.Count; place++)
        {
            if (Turns[place].Calls is not { } calls)
                continue;
            if (place + 1 == Turns.Count)
                Turns.Add(new AnthropicTurn(isAssistant: false));
            var results = calls.ConvertAll(ResultOf);
            Turns[place + 1].Blocks.InsertRange(0, [.. results, .. results.SelectMany(TakeMediaOfError)]);
        }
    }

    /// <summary>The vendor wants the result of a call that failed to be a text, and one that is not empty: what else is in it stands behind the results.</summary>
    private static IEnumerable<AnthropicBlock> TakeMediaOfError(AnthropicBlock.ToolResult result)
    {
        if (!result.IsError)
            return [];
        var media = result.Content.FindAll(static block => block is not AnthropicBlock.Text);
        result.Content.RemoveAll(static block => block is not AnthropicBlock.Text);
        if (result.Content.Count == 0)
            result.Content.Add(new AnthropicBlock.Text(Failed));
        return media;
    }

    private AnthropicBlock.ToolResult ResultOf(ToolCallInHistory call)
    {
        if (call.Result is { } result)
            return result;
        if (notes.IsRead)
            notes.Change("messages", null, $"a result for the call {call.Id}: {NoResult}");
        return new AnthropicBlock.ToolResult(call.Id, [new AnthropicBlock.Text(NoResult)]);
    }

    private void FillTurns()
    {
        foreach (var turn in Turns)
        {
            // The vendor wants something said behind the thinking, too.
            if (turn.Blocks is [] or [.., { IsThinking: true }])
                turn.Blocks.Add(new AnthropicBlock.Text(Nothing));
        }

        if (Turns.Count == 0)
            AddUserTurn(Nothing);
        if (!Turns[0].IsAssistant)
            return;
        notes.Change("messages", null, Beginning);
        var first = new AnthropicTurn(isAssistant: false);
        first.Blocks.Add(new AnthropicBlock.Text(Beginning));
        Turns.Insert(0, first);
    }
}
