using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;
using ServerlessRouter.LocalHost.Starting;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>Reads YAML and JSON into values that know their lines. Throws <see cref="StartRefusedException"/> with line and reason where a text is neither.</summary>
internal static class ForeignText
{
    /// <summary>Levels below which no product nests its configuration.</summary>
    private const int MaxDepth = 64;

    private const string MergeKey = "<<";

    private static readonly JsonReaderOptions JsonOptions = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth };

    /// <summary>What is read: JSON where it begins with a bracket, else YAML.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="source">Its name, for messages.</param>
    public static ForeignValue Read(string text, string source)
    {
        var content = text.TrimStart('\uFEFF');
        if (string.IsNullOrWhiteSpace(content))
            throw new StartRefusedException($"{source} is empty.");
        return content.TrimStart()[0] is '{' or '[' ? ReadJson(content, source) : ReadYaml(content, source);
    }

    private static ForeignValue ReadJson(string text, string source)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (JsonFault.Find(bytes, JsonOptions) is { } fault)
            throw new StartRefusedException($"{source}, {fault}");
        var lines = new LineCounter(bytes);
        var reader = new Utf8JsonReader(bytes, JsonOptions);
        reader.Read();
        return JsonValue(ref reader, lines);
    }

    private static ForeignValue JsonValue(ref Utf8JsonReader reader, LineCounter lines)
    {
        var line = lines.At((int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new OrderedDictionary<string, ForeignValue>();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members[name] = JsonValue(ref reader, lines);
                }

                return ForeignValue.Map(line, members);
            case JsonTokenType.StartArray:
                var items = new List<ForeignValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(JsonValue(ref reader, lines));
                return ForeignValue.List(line, items);
            case JsonTokenType.String:
                return ForeignValue.Scalar(line, reader.GetString(), isQuoted: true);
            case JsonTokenType.Null:
                return ForeignValue.Scalar(line, null, isQuoted: false);
            default:
                return ForeignValue.Scalar(line, Encoding.UTF8.GetString(reader.ValueSpan), isQuoted: false);
        }
    }

    private static ForeignValue ReadYaml(string text, string source)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.Accept<DocumentStart>(out _))
                throw new StartRefusedException($"{source} holds comments only.");
            parser.Consume<DocumentStart>();
            return YamlValue(parser, new Dictionary<AnchorName, ForeignValue>(), 0);
        }
        catch (YamlException broken)
        {
            throw new StartRefusedException($"{source}, line {broken.Start.Line}, column {broken.Start.Column}: this is not YAML. {Advice(broken.Message)}");
        }
    }

    private static ForeignValue YamlValue(Parser parser, Dictionary<AnchorName, ForeignValue> anchors, int depth)
    {
        if (depth > MaxDepth)
            throw new YamlException(parser.Current!.Start, parser.Current.End, $"It is nested more than {MaxDepth} levels deep.");
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.GetValueOrDefault(alias.Value)
                ?? throw new YamlException(alias.Start, alias.End, $"The alias *{alias.Value} has no anchor &{alias.Value} above it.");
        }

        var start = parser.Consume<NodeEvent>(out var line);
        var value = start switch
        {
            Scalar scalar => ForeignValue.Scalar(line, IsNothing(scalar) ? null : scalar.Value, scalar.Style != ScalarStyle.Plain),
            SequenceStart => YamlList(parser, anchors, line, depth),
            _ => YamlMap(parser, anchors, line, depth),
        };
        if (!start.Anchor.IsEmpty)
            anchors[start.Anchor] = value;
        return value;
    }

    private static NodeEvent Consume<T>(this Parser parser, out int line) where T : NodeEvent
    {
        var node = parser.Consume<T>();
        line = (int)node.Start.Line;
        return node;
    }

    private static ForeignValue YamlList(Parser parser, Dictionary<AnchorName, ForeignValue> anchors, int line, int depth)
    {
        var items = new List<ForeignValue>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(YamlValue(parser, anchors, depth + 1));
        return ForeignValue.List(line, items);
    }

    private static ForeignValue YamlMap(Parser parser, Dictionary<AnchorName, ForeignValue> anchors, int line, int depth)
    {
        var members = new OrderedDictionary<string, ForeignValue>();
        var merged = new List<ForeignValue>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = parser.Consume<Scalar>();
            var value = YamlValue(parser, anchors, depth + 1);
            if (name is { Value: MergeKey, Style: ScalarStyle.Plain })
                merged.AddRange(value.IsList ? value.Items : [value]);
            else if (!members.TryAdd(name.Value, value))
                throw new YamlException(name.Start, name.End, $"'{name.Value}' is written twice here; other readers keep only one of them. Remove the one that is wrong.");
        }

        foreach (var (name, value) in merged.SelectMany(static map => map.Members))
            members.TryAdd(name, value);
        return ForeignValue.Map(line, members);
    }

    private static bool IsNothing(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>The parser's reason, and what most often is behind it.</summary>
    private static string Advice(string reason) => reason switch
    {
        _ when reason.Contains("tab", StringComparison.Ordinal) => "A tab stands where spaces are needed; indent with spaces.",
        _ when reason.Contains("invalid mapping", StringComparison.Ordinal) => "A colon stands inside a value; put the value into quotes.",
        _ when reason.Contains("expected node content", StringComparison.Ordinal) => "A bracket or a value is missing before this.",
        _ when reason.Contains("expected <block end>", StringComparison.Ordinal) || reason.Contains("block mapping", StringComparison.Ordinal) => "The indentation does not fit what is above it.",
        _ => reason,
    };

    /// <summary>Line numbers of places in a text, asked for from front to back.</summary>
    private sealed class LineCounter(byte[] text)
    {
        private int _place;
        private int _line = 1;

        public int At(int place)
        {
            for (; _place < place; _place++)
                _line += text[_place] == '\n' ? 1 : 0;
            return _line;
        }
    }
}
