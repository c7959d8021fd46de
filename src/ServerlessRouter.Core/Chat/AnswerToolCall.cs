using System.Buffers;

namespace ServerlessRouter.Chat;

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
