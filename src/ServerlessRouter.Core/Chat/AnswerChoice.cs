using System.Buffers;

namespace ServerlessRouter.Chat;

/// <summary>One choice of a whole answer, whichever way it came: what it says, which tools it calls, why it ended, how sure the model was.</summary>
public sealed class AnswerChoice
{
    private readonly ArrayBufferWriter<byte> _text = new(1024);

    /// <summary>The content, decoded, in UTF-8; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Text => _text.WrittenMemory;

    /// <summary>The vendor marked the answer as a refusal.</summary>
    public bool IsRefusal { get; internal set; }

    /// <summary>It holds something besides text and tool calls, such as audio or images.</summary>
    public bool HasMedia { get; internal set; }

    public IReadOnlyList<AnswerToolCall> ToolCalls => Calls;

    public string? FinishReason { get; internal set; }

    /// <summary>For each token whose log probability was sent, by how much probability it led the next best, 0 to 1.</summary>
    public IReadOnlyList<float> Margins => MarginList;

    internal List<AnswerToolCall> Calls { get; } = [];

    internal List<float> MarginList { get; } = [];

    internal ArrayBufferWriter<byte> Writer => _text;
}

/// <summary>A tool call of an answer, put together from its pieces.</summary>
public sealed class AnswerToolCall
{
    private readonly ArrayBufferWriter<byte> _arguments = new(64);

    /// <summary>The tool's name; empty when the vendor sent none.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>The arguments as the model wrote them, meant to be JSON.</summary>
    public ReadOnlyMemory<byte> Arguments => _arguments.WrittenMemory;

    /// <summary>A tool that takes free text, not JSON.</summary>
    public bool IsFreeForm { get; internal set; }

    internal ArrayBufferWriter<byte> Writer => _arguments;
}
