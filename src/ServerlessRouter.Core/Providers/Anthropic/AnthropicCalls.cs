using System.Text;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// The tool calls of a stream, written one after the other, each closed before the next begins: clients of OpenAI's take a call for whole when another index comes, and read its
/// arguments then. Pieces of a call whose turn has not come wait for it.
/// </summary>
internal sealed class AnthropicCalls(AnthropicChunkWriter chunks)
{
    /// <summary>More than this does not wait; no vendor writes several calls at once.</summary>
    public const int MaxWaitingChars = 1024 * 1024;

    private readonly List<AnthropicCall> _calls = [];
    private readonly Queue<JsonElement> _heads = [];
    private int _current;
    private int _waitingChars;

    public bool HasAny => _calls.Count > 0;

    /// <summary>UTF-8 bytes of names and arguments.</summary>
    public long ContentBytes { get; private set; }

    /// <summary>Why the calls cannot be passed on as the vendor wrote them; null while they can.</summary>
    public string? Fault { get; private set; }

    /// <summary>A block that calls a tool begins.</summary>
    public AnthropicCall Start(JsonElement block)
    {
        var input = LooseJson.Member(block, "input");
        var call = new AnthropicCall(_calls.Count, AnthropicVocabulary.Arguments(input));
        _calls.Add(call);
        ContentBytes += LooseJson.Text(block, "name")?.Length ?? 0;
        if (call.Place > 0 && !_calls[_current].IsStopped)
        {
            _heads.Enqueue(block.Clone());
            return call;
        }

        if (call.Place > 0)
            CloseCurrent();
        _current = call.Place;
        chunks.CallStart(call.Place, block);
        return call;
    }

    /// <summary>A piece of a call's arguments.</summary>
    public void Append(AnthropicCall call, string piece)
    {
        if (piece.Length == 0)
            return;
        ContentBytes += Encoding.UTF8.GetByteCount(piece);
        if (call.IsClosed)
        {
            Fault ??= "The provider sent arguments of a tool call behind its end.";
        }
        else if (call.Place == _current)
        {
            Write(call, call.Join(piece));
        }
        else
        {
            call.Wait(piece);
            _waitingChars += piece.Length;
            if (_waitingChars > MaxWaitingChars)
                Fault ??= "The provider sent several long tool calls at once.";
        }
    }

    /// <summary>A call is whole, says the vendor; it may say so again, or too early.</summary>
    public void Stop(AnthropicCall call)
    {
        call.IsStopped = true;
        while (_calls[_current].IsStopped && _heads.Count > 0)
            OpenNext();
    }

    /// <summary>The message has ended, and all calls with it.</summary>
    public void End()
    {
        if (_calls.Count == 0)
            return;
        while (_heads.Count > 0)
            OpenNext();
        CloseCurrent();
    }

    private void OpenNext()
    {
        CloseCurrent();
        var next = _calls[++_current];
        chunks.CallStart(next.Place, _heads.Dequeue());
        var waiting = next.TakeWaiting();
        _waitingChars -= waiting.Length;
        Write(next, next.Join(waiting));
    }

    private void CloseCurrent()
    {
        var call = _calls[_current];
        if (call.IsClosed)
            return;
        call.IsClosed = true;
        if (call.HasArguments)
        {
            Write(call, call.EndText());
            return;
        }

        ContentBytes += Encoding.UTF8.GetByteCount(call.Given);
        Write(call, call.Given);
    }

    private void Write(AnthropicCall call, string piece)
    {
        if (piece.Length > 0)
            chunks.CallArguments(call.Place, piece);
    }
}

/// <summary>One tool call of a stream, while its arguments come in.</summary>
/// <param name="place">Its place among the answer's calls.</param>
/// <param name="given">The arguments the block began with.</param>
internal sealed class AnthropicCall(int place, string given)
{
    private SplitCharacter _split;
    private StringBuilder? _waiting;

    public int Place { get; } = place;

    /// <summary>What the caller gets where no piece of arguments comes.</summary>
    public string Given { get; } = given;

    /// <summary>Pieces of arguments have come: they count, and not what the block began with.</summary>
    public bool HasArguments { get; private set; }

    /// <summary>The vendor says that it is whole.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The next call has begun, or the message has ended: nothing more can be said of this one.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The pieces that wait for the calls before this one, which are forgotten here.</summary>
    public string TakeWaiting()
    {
        var waiting = _waiting?.ToString() ?? "";
        _waiting = null;
        return waiting;
    }

    public void Wait(string piece) => (_waiting ??= new StringBuilder()).Append(piece);

    /// <summary>A piece with whole characters.</summary>
    public string Join(string piece)
    {
        HasArguments |= piece.Length > 0;
        return _split.Join(piece);
    }

    /// <summary>What is left of a character that never became whole.</summary>
    public string EndText() => _split.End();
}
