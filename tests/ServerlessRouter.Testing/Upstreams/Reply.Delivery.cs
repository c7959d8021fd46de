namespace ServerlessRouter.Testing.Upstreams;

public sealed partial record Reply
{
    /// <summary>Stops at that point until the gate opens.</summary>
    public Reply HoldAt(ReplyPoint point, Gate gate) => this with { Holds = Holds.Add((point, gate)) };

    /// <summary>Stops at that point for good: the answer ends when the client leaves or the upstream is disposed.</summary>
    public Reply HangAt(ReplyPoint point) => this with { Holds = Holds.Add((point, null)) };

    public Reply CutAt(ReplyPoint point, CutManner manner) => this with { Cut = (point, manner) };

    /// <summary>Ends after so many chunks as if the answer were whole, without finish reason or end marker.</summary>
    public Reply CutAfterChunk(int chunk) => CutAt(ReplyPoint.AfterChunk(chunk), CutManner.CleanEnd);

    public Reply ResetAt(ReplyPoint point) => CutAt(point, CutManner.Reset);

    /// <summary>Closes the connection with the first character outside ASCII half sent; the text needs one.</summary>
    public Reply CutInsideCharacter() => CutAt(ReplyPoint.InsideCharacter, CutManner.Close);

    /// <summary>Closes the connection with half of that chunk's bytes sent.</summary>
    public Reply CutInsideChunk(int chunk) => CutAt(ReplyPoint.InsideChunk(chunk), CutManner.Close);

    /// <summary>A stream that lacks <c>[DONE]</c> or <c>message_stop</c> and is otherwise whole.</summary>
    public Reply WithoutDone() => WithChat(chat => chat with { SendsEnd = false });

    /// <summary>A stream that has its end marker and never says why it finished.</summary>
    public Reply WithoutFinish() => WithChat(chat => chat with { SendsFinish = false });

    /// <summary>After so many chunks an error inside the 200, then the end; a plain answer is a 200 whose body is the error.</summary>
    public Reply ErrorAfterChunk(int chunk, int status = 500, string message = "The model failed while it was answering.", string code = "server_error") =>
        WithChat(chat => chat with { ErrorInside = (chunk, new ErrorContent(status, message, "server_error", code)) });

    /// <summary>Opens a stream with Azure's chunk without choices, whatever the path.</summary>
    public Reply PromptFilterFirst() => WithChat(chat => chat with { OpensWithPromptFilter = true });

    public Reply CrLf() => this with { Sse = Sse with { LineEnd = "\r\n" } };

    /// <summary>A comment line before every event.</summary>
    public Reply Comments(string comment = "OPENROUTER PROCESSING") => this with { Sse = Sse with { Comment = comment } };

    /// <summary>Each event in several <c>data:</c> lines.</summary>
    public Reply SplitDataLines() => this with { Sse = Sse with { SplitsData = true } };

    /// <summary>Compresses the body, whether or not the client can read that.</summary>
    public Reply Gzip() => this with { IsGzipped = true };

    /// <summary>Every byte of the body is a write of its own.</summary>
    public Reply ByteByByte() => this with { IsByteByByte = true };
}
