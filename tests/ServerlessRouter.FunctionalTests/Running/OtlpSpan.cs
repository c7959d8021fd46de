using System.Globalization;
using Google.Protobuf;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>A span as it stands in OTLP's own bytes; of each message only the fields that are looked at, by their numbers in <c>opentelemetry/proto/trace/v1/trace.proto</c>.</summary>
internal sealed record OtlpSpan
{
    public string Name { get; private set; } = "";

    public string TraceId { get; private set; } = "";

    public string SpanId { get; private set; } = "";

    public string ParentId { get; private set; } = "";

    /// <summary>1 internal, 2 server, 3 client.</summary>
    public int Kind { get; private set; }

    public Dictionary<string, string> Attributes { get; } = new(StringComparer.Ordinal);

    /// <summary>Those of the service that sent it.</summary>
    public Dictionary<string, string> Resource { get; private set; } = [];

    /// <summary>The spans of one <c>ExportTraceServiceRequest</c>.</summary>
    public static List<OtlpSpan> Read(byte[] request)
    {
        var spans = new List<OtlpSpan>();
        foreach (var ofResource in Fields(request, 1))
        {
            var resource = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var described in Fields(ofResource, 1))
                ReadAttributes(described, 1, resource);
            spans.AddRange(Fields(ofResource, 2).SelectMany(static ofScope => Fields(ofScope, 2)).Select(bytes => ReadSpan(bytes) with { Resource = resource }));
        }

        return spans;
    }

    private static OtlpSpan ReadSpan(byte[] bytes)
    {
        var span = new OtlpSpan();
        var input = new CodedInputStream(bytes);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    span.TraceId = Hex(input);
                    break;
                case 2:
                    span.SpanId = Hex(input);
                    break;
                case 4:
                    span.ParentId = Hex(input);
                    break;
                case 5:
                    span.Name = input.ReadString();
                    break;
                case 6:
                    span.Kind = input.ReadEnum();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        ReadAttributes(bytes, 9, span.Attributes);
        return span;
    }

    private static void ReadAttributes(byte[] message, int field, Dictionary<string, string> into)
    {
        foreach (var pair in Fields(message, field))
        {
            var input = new CodedInputStream(pair);
            var (key, value) = ("", "");
            for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                if (WireFormat.GetTagFieldNumber(tag) == 1)
                    key = input.ReadString();
                else
                    value = Text(input.ReadBytes().ToByteArray());
            }

            into[key] = value;
        }
    }

    /// <summary>An <c>AnyValue</c>.</summary>
    private static string Text(byte[] value)
    {
        var input = new CodedInputStream(value);
        var tag = input.ReadTag();
        return WireFormat.GetTagFieldNumber(tag) switch
        {
            1 => input.ReadString(),
            2 => input.ReadBool() ? "true" : "false",
            3 => input.ReadInt64().ToString(CultureInfo.InvariantCulture),
            4 => input.ReadDouble().ToString(CultureInfo.InvariantCulture),
            5 => string.Join(',', Fields(input.ReadBytes().ToByteArray(), 1).Select(Text)),
            _ => "",
        };
    }

    /// <summary>The messages in one field.</summary>
    private static List<byte[]> Fields(byte[] message, int field)
    {
        var found = new List<byte[]>();
        var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == field && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                found.Add(input.ReadBytes().ToByteArray());
            else
                input.SkipLastField();
        }

        return found;
    }

    private static string Hex(CodedInputStream input) => Convert.ToHexStringLower(input.ReadBytes().Span);
}
