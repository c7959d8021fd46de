using System.Text;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// Passes on a stream's calls one after the other, in the order in which they began: some servers write several at a time, which callers who put calls together do not expect. What comes of a
/// call before its turn, or before its name, waits.
/// </summary>
internal sealed class ResponsesStreamCalls(ResponsesChunkWriter chunks)
{
    private readonly List<ResponsesStreamItem> _calls = [];
    private ResponsesStreamItem? _open;

    public bool HasAny => _calls.Count > 0;

    /// <summary>The caller knows of one.</summary>
    public bool HasOpened { get; private set; }

    /// <summary>UTF-8 bytes of names and of what tools are called with.</summary>
    public long ContentBytes { get; private set; }

    /// <summary>Why the calls cannot be passed on; null while they can.</summary>
    public string? Fault { get; private set; }

    public void Add(ResponsesStreamItem call)
    {
        call.Place = _calls.Count;
        _calls.Add(call);
    }

    /// <summary>Learns a call's name and id from an item, or from an event that tells them.</summary>
    public void Learn(ResponsesStreamItem call, JsonElement told)
    {
        call.CallId ??= LooseJson.Text(told, "call_id") is { Length: > 0 } id ? id : null;
        call.Name ??= LooseJson.Text(told, "name") is { Length: > 0 } name ? name : null;
        if (LooseJson.Text(told, "type") is "function_call" or "custom_tool_call")
            call.CallId ??= ResponsesVocabulary.CallId(told);
        OpenNext();
    }

    /// <summary>Takes a piece of what the tool is called with.</summary>
    public void Take(ResponsesStreamItem call, string piece)
    {
        if (piece.Length == 0)
            return;
        if (call.IsOpened)
            Write(call, piece);
        else
            call.Waiting.Append(piece);
    }

    /// <summary>The call is whole, so the next may begin.</summary>
    public void End(ResponsesStreamItem call)
    {
        call.IsDone = true;
        OpenNext();
    }

    /// <summary>The answer is over.</summary>
    public void EndAll()
    {
        foreach (var call in _calls)
        {
            call.IsDone = true;
            if (call.Name is null)
                Fault ??= "The provider's stream called a tool without saying which.";
            call.CallId ??= ResponsesVocabulary.CallId(default);
        }

        OpenNext();
    }

    private void OpenNext()
    {
        while (_open is null or { IsDone: true })
        {
            if (_open is not null)
                Close(_open);
            _open = _calls.Find(static call => call is { IsOpened: false, Name: not null, CallId: not null });
            if (_open is null)
                return;
            Open(_open);
        }
    }

    private void Open(ResponsesStreamItem call)
    {
        call.IsOpened = true;
        HasOpened = true;
        ContentBytes += Encoding.UTF8.GetByteCount(call.Name!);
        chunks.CallStart(call.Place, call.Kind == ResponsesItemKind.CustomCall, call.CallId!, call.Name!);
        if (call.Waiting.Length == 0)
            return;
        Write(call, call.Waiting.ToString());
        call.Waiting.Clear();
    }

    /// <summary>A call without arguments has those it began with, or an empty object.</summary>
    private void Close(ResponsesStreamItem call)
    {
        var arguments = call.TextAt(ResponsesTextKind.Arguments, 0);
        if (!arguments.IsEmpty)
            return;
        var given = call.GivenArguments is { Length: > 0 } told ? told : call.Kind == ResponsesItemKind.FunctionCall ? ResponsesVocabulary.NoArguments : "";
        Take(call, arguments.Take(given));
    }

    private void Write(ResponsesStreamItem call, string piece)
    {
        ContentBytes += Encoding.UTF8.GetByteCount(piece);
        chunks.CallPiece(call.Place, call.Kind == ResponsesItemKind.CustomCall, piece);
    }
}
