using System.Globalization;
using System.Text;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>One item of the output, while it grows and afterwards. Texts are kept as the inside of JSON strings, escapes and all, as they came.</summary>
internal sealed class OutputItem : IDisposable
{
    private OutputItem(OutputKind kind, int index, string id)
    {
        (Kind, Index, Id) = (kind, index, Encoding.ASCII.GetBytes(id));
        Head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"item_id\":\"{id}\",\"output_index\":{index}"));
    }

    public OutputKind Kind { get; private set; }

    public int Index { get; }

    public byte[] Id { get; }

    /// <summary>The members <c>item_id</c> and <c>output_index</c> of its events.</summary>
    public byte[] Head { get; }

    /// <summary>Nothing is added to it any more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>It was cut short.</summary>
    public bool IsIncomplete { get; set; }

    /// <summary>A message's parts.</summary>
    public List<OutputPart> Parts { get; } = [];

    /// <summary>A summary, arguments, or the data of an image.</summary>
    public PooledWriter Text { get; } = new(256);

    /// <summary><c>encrypted_content</c> of reasoning; null while nothing seals it.</summary>
    public PooledWriter? Seal { get; set; }

    /// <summary>The format of reasoning that its vendor signs.</summary>
    public byte[] Format { get; set; } = [];

    public byte[] CallId { get; set; } = [];

    /// <summary>A called tool's name; empty while it has not come.</summary>
    public byte[] Name { get; set; } = [];

    /// <summary>The namespace of a called tool; empty for none.</summary>
    public byte[] Namespace { get; set; } = [];

    /// <summary>A tool that the caller declared as <c>custom</c> was called as a function, so its input stands in the arguments.</summary>
    public bool IsWrapped { get; set; }

    /// <summary>The caller was told of it.</summary>
    public bool IsAnnounced { get; set; }

    public static OutputItem Create(OutputKind kind, int index, string core) => new(kind, index, string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(kind)}_{core}_{index}"));

    /// <summary>A call whose tool turns out to be a custom one, before the caller was told of it.</summary>
    public OutputItem AsCustom(string core) => new(OutputKind.CustomCall, Index, string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(OutputKind.CustomCall)}_{core}_{Index}")) { CallId = CallId };

    /// <summary>Writes the item.</summary>
    /// <param name="output">Takes one JSON object.</param>
    /// <param name="isEmpty">As it is when it begins.</param>
    public void Write(PooledWriter output, bool isEmpty)
    {
        output.Append("{\"id\":\""u8);
        output.Append(Id);
        output.Append("\",\"type\":\""u8);
        output.Append(TypeOf(Kind));
        output.Append(isEmpty || (!IsClosed && !IsIncomplete) ? "\",\"status\":\"in_progress\""u8 : IsIncomplete ? "\",\"status\":\"incomplete\""u8 : "\",\"status\":\"completed\""u8);
        switch (Kind)
        {
            case OutputKind.Message:
                WriteMessage(output, isEmpty);
                break;
            case OutputKind.Reasoning:
                WriteReasoning(output, isEmpty);
                break;
            case OutputKind.Image:
                output.Append(",\"result\":"u8);
                AppendQuoted(output, isEmpty ? default : Text.Written.Span);
                break;
            default:
                WriteCall(output, isEmpty);
                break;
        }

        output.Append("}"u8);
    }

    public void Dispose()
    {
        Text.Dispose();
        Seal?.Dispose();
        foreach (var part in Parts)
            part.Dispose();
    }

    public static void AppendQuoted(PooledWriter output, ReadOnlySpan<byte> inside)
    {
        output.Append("\""u8);
        output.Append(inside);
        output.Append("\""u8);
    }

    private static ReadOnlySpan<byte> TypeOf(OutputKind kind) => kind switch
    {
        OutputKind.Reasoning => "reasoning"u8,
        OutputKind.Message => "message"u8,
        OutputKind.Call => "function_call"u8,
        OutputKind.CustomCall => "custom_tool_call"u8,
        _ => "image_generation_call"u8,
    };

    /// <summary>What OpenAI wants ids of items to begin with, where they come back.</summary>
    private static string PrefixOf(OutputKind kind) => kind switch
    {
        OutputKind.Reasoning => "rs",
        OutputKind.Message => "msg",
        OutputKind.Call => "fc",
        OutputKind.CustomCall => "ctc",
        _ => "ig",
    };

    private void WriteMessage(PooledWriter output, bool isEmpty)
    {
        output.Append(",\"role\":\"assistant\",\"content\":["u8);
        for (var place = 0; place < Parts.Count && !isEmpty; place++)
        {
            if (place > 0)
                output.Append(","u8);
            Parts[place].Write(output, isEmpty: false);
        }

        output.Append("]"u8);
    }

    private void WriteReasoning(PooledWriter output, bool isEmpty)
    {
        output.Append(",\"summary\":["u8);
        if (!isEmpty && Text.Length > 0)
        {
            output.Append("{\"type\":\"summary_text\",\"text\":"u8);
            AppendQuoted(output, Text.Written.Span);
            output.Append("}"u8);
        }

        output.Append("]"u8);
        if (isEmpty || Seal is null)
            return;
        output.Append(",\"encrypted_content\":"u8);
        AppendQuoted(output, Seal.Written.Span);
    }

    private void WriteCall(PooledWriter output, bool isEmpty)
    {
        output.Append(",\"call_id\":"u8);
        AppendQuoted(output, CallId);
        output.Append(",\"name\":"u8);
        AppendQuoted(output, Name);
        if (Namespace.Length > 0)
        {
            output.Append(",\"namespace\":"u8);
            AppendQuoted(output, Namespace);
        }

        output.Append(Kind == OutputKind.Call ? ",\"arguments\":"u8 : ",\"input\":"u8);
        AppendQuoted(output, isEmpty ? default : Text.Written.Span);
    }
}
