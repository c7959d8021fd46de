using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>What is changed in a caller's body on its way to one deployment. Made once for a deployment; everything it does not name goes up byte for byte.</summary>
/// <remarks>
/// In this order: the router's own fields are left out, <c>model</c> is replaced, parameters are renamed, dropped and capped, and what is missing is added:
/// <c>model</c>, configured defaults, and <c>stream_options.include_usage</c> on streams. Drops and caps go by the caller's or the vendor's name,
/// defaults by the vendor's. A rename whose target the caller sent as well leaves the caller's target.
/// </remarks>
internal sealed class ChatRequestPatch
{
    private const int MaxKnownNameLength = 128;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = ChatRequestScanner.MaxDepth };

    private static readonly byte[] Comma = ","u8.ToArray();
    private static readonly byte[] UsageAskedMember = "\"stream_options\":{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] UsageAskedObject = "{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] UsageAskedFirst = "\"include_usage\":true,"u8.ToArray();
    private static readonly byte[] UsageAskedOnly = "\"include_usage\":true"u8.ToArray();
    private static readonly byte[] True = "true"u8.ToArray();

    private readonly bool _streams;
    private readonly byte[] _modelValue;
    private readonly byte[] _modelMember;
    private readonly (byte[] From, byte[] To, byte[] QuotedTo)[] _renames;
    private readonly byte[][] _drops;
    private readonly (byte[] Name, byte[] Member)[] _defaults;
    private readonly (byte[] Name, double Most, byte[] Text)[] _caps;
    private readonly ImmutableArray<string> _efforts;

    public ChatRequestPatch(string modelName, ParameterAdaptation parameters, bool streams = true)
    {
        _efforts = parameters.Efforts;
        _streams = streams;
        _modelValue = Quote(modelName);
        _modelMember = [.. "\"model\":"u8, .. _modelValue];
        _renames = [.. parameters.Renames.Select(rename => (Utf8(rename.Key), Utf8(rename.Value), Quote(rename.Value)))];
        _drops = [.. parameters.Drops.Select(Utf8)];
        _defaults = [.. parameters.Defaults.Select(entry => (Utf8(entry.Key), (byte[])[.. Quote(entry.Key), (byte)':', .. entry.Value]))];
        _caps = [.. parameters.Caps.Select(cap => (Utf8(parameters.Renames.GetValueOrDefault(cap.Key, cap.Key)), cap.Value, Utf8(cap.Value.ToString("R", CultureInfo.InvariantCulture))))];
    }

    /// <summary>What else goes up changed in the schema of responses; null elsewhere.</summary>
    public StatelessResponses? Stateless { get; init; }

    /// <summary>The body for this deployment; what is dropped and capped is told to <paramref name="adjustments"/>.</summary>
    public ChatRequestPatchBody Apply(ChatRequest request, RequestAdjustments? adjustments = null) =>
        Apply(request.Memory, CollectionsMarshal.AsSpan(request.MemberList), request.IsStream, adjustments);

    /// <summary>The same for a request that goes up in the schema it came in, whose streams tell their usage unasked.</summary>
    public ChatRequestPatchBody Apply(DoorRequest request, RequestAdjustments? adjustments = null) =>
        Apply(request.Body, CollectionsMarshal.AsSpan(request.Members), asksForUsage: false, adjustments);

    private ChatRequestPatchBody Apply(ReadOnlyMemory<byte> source, ReadOnlySpan<JsonMember> members, bool asksForUsage, RequestAdjustments? adjustments)
    {
        var bytes = source.Span;
        var body = new ChatRequestPatchBody(source);
        Span<byte> scratch = stackalloc byte[MaxKnownNameLength];
        var hasModel = false;
        var hasStreamOptions = false;
        var isFirst = true;
        var stateless = Stateless?.Of(members, bytes) ?? default;
        var end = members.IsEmpty ? bytes.LastIndexOf((byte)'}') : members[^1].Value.End;
        body.Copy(0, members.IsEmpty ? end : members[0].Whole.Start);
        for (var place = 0; place < members.Length; place++)
        {
            var member = members[place];
            var name = Decode(member.Name.In(bytes), scratch);
            if (IsRoutingField(name, member, bytes) || (!_streams && IsStreamField(name)))
                continue;
            var rename = FindRename(name);
            var sentName = rename < 0 ? name : _renames[rename].To;
            if (IsDropped(name) || (rename >= 0 && (IsDropped(sentName) || Has(members, bytes, sentName))))
            {
                adjustments?.Drop(name, member.Value.In(bytes));
                continue;
            }

            if (!isFirst)
                body.Copy(members[place - 1].Value.End, member.Whole.Start);
            isFirst = false;
            CopyName(body, member, rename);
            if (name.SequenceEqual("model"u8))
            {
                hasModel = true;
                body.Insert(_modelValue);
            }
            else if (asksForUsage && name.SequenceEqual("stream_options"u8))
            {
                hasStreamOptions = true;
                CopyStreamOptions(body, member, bytes);
            }
            else if (Stateless is not null && stateless.TryWrite(name, member, bytes, body))
            {
                continue;
            }
            else if (member.Kind == JsonTokenType.Number && FindCap(sentName, member.Value.In(bytes)) is { } capped)
            {
                adjustments?.Cap(name, member.Value.In(bytes), capped);
                body.Insert(capped);
            }
            else if (!_efforts.IsEmpty && member.Kind == JsonTokenType.String && sentName.SequenceEqual("reasoning_effort"u8) && NearestEffort(member.Value.In(bytes)) is { } nearest)
            {
                adjustments?.Cap(name, member.Value.In(bytes), nearest);
                body.Insert(nearest);
            }
            else
            {
                body.Copy(member.Value.Start, member.Value.End);
            }
        }

        if (!hasModel)
            InsertMember(body, _modelMember, ref isFirst);
        foreach (var (name, member) in _defaults)
        {
            if (!IsSent(members, bytes, name))
                InsertMember(body, member, ref isFirst);
        }

        if (asksForUsage && _streams && !hasStreamOptions && !IsDropped("stream_options"u8))
            InsertMember(body, UsageAskedMember, ref isFirst);
        foreach (var member in stateless.Missing)
        {
            if (!IsDropped(member.Name))
                InsertMember(body, member.Whole, ref isFirst);
        }

        body.Copy(end, bytes.Length);
        body.Complete();
        return body;
    }

    private static void InsertMember(ChatRequestPatchBody body, byte[] member, ref bool isFirst)
    {
        if (!isFirst)
            body.Insert(Comma);
        isFirst = false;
        body.Insert(member);
    }

    private void CopyName(ChatRequestPatchBody body, in JsonMember member, int rename)
    {
        var afterName = member.Name.End + 1;
        if (rename < 0)
            body.Copy(member.Whole.Start, afterName);
        else
            body.Insert(_renames[rename].QuotedTo);
        body.Copy(afterName, member.Value.Start);
    }

    private static void CopyStreamOptions(ChatRequestPatchBody body, in JsonMember member, ReadOnlySpan<byte> bytes)
    {
        var (start, end) = (member.Value.Start, member.Value.End);
        if (member.Kind == JsonTokenType.Null)
        {
            body.Insert(UsageAskedObject);
            return;
        }

        // Anything else than an object is the vendor's to refuse.
        if (member.Kind != JsonTokenType.StartObject)
        {
            body.Copy(start, end);
            return;
        }

        var reader = new Utf8JsonReader(bytes[start..end], ReaderOptions);
        reader.Read();
        var isAsked = false;
        var isEmpty = true;
        var copied = start;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            var isUsage = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            var valueStart = start + (int)reader.TokenStartIndex;
            reader.Skip();
            if (!isUsage)
                continue;
            isAsked = true;
            if (reader.TokenType == JsonTokenType.True)
                continue;
            body.Copy(copied, valueStart);
            body.Insert(True);
            copied = start + (int)reader.BytesConsumed;
        }

        if (!isAsked)
        {
            body.Copy(start, start + 1);
            body.Insert(isEmpty ? UsageAskedOnly : UsageAskedFirst);
            copied = start + 1;
        }

        body.Copy(copied, end);
    }

    private static bool IsStreamField(ReadOnlySpan<byte> name) => name.SequenceEqual("stream"u8) || name.SequenceEqual("stream_options"u8);

    private static bool IsRoutingField(ReadOnlySpan<byte> name, in JsonMember member, ReadOnlySpan<byte> bytes) => name.Length switch
    {
        5 => name.SequenceEqual("route"u8) || (name.SequenceEqual("usage"u8) && member.Kind == JsonTokenType.StartObject && AsksForUsage(member.Value.In(bytes))),
        6 => name.SequenceEqual("models"u8),
        7 => name.SequenceEqual("plugins"u8) && member.Kind == JsonTokenType.StartArray && HealingPlugin.IsAlone(member.Value.In(bytes)),
        8 => name.SequenceEqual("provider"u8),
        10 => name.SequenceEqual("transforms"u8) || name.SequenceEqual("session_id"u8),
        _ => false,
    };

    private static bool AsksForUsage(ReadOnlySpan<byte> usage)
    {
        var reader = new Utf8JsonReader(usage, ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // As written: a name with broken escapes must not throw here.
            if (reader.ValueSpan.SequenceEqual("include"u8))
                return true;
            reader.Skip();
        }

        return false;
    }

    private int FindRename(ReadOnlySpan<byte> name)
    {
        for (var place = 0; place < _renames.Length; place++)
        {
            if (name.SequenceEqual(_renames[place].From))
                return place;
        }

        return -1;
    }

    private bool IsDropped(ReadOnlySpan<byte> name)
    {
        foreach (var drop in _drops)
        {
            if (name.SequenceEqual(drop))
                return true;
        }

        return false;
    }

    private byte[]? FindCap(ReadOnlySpan<byte> sentName, ReadOnlySpan<byte> value)
    {
        foreach (var cap in _caps)
        {
            if (sentName.SequenceEqual(cap.Name))
                return Utf8Parser.TryParse(value, out double number, out _) && number > cap.Most ? cap.Text : null;
        }

        return null;
    }

    /// <summary>What goes up in place of a level that the model does not take; null where it takes it, or where no such level is known.</summary>
    private byte[]? NearestEffort(ReadOnlySpan<byte> value)
    {
        var asked = Encoding.UTF8.GetString(value.Trim((byte)'"'));
        return ReasoningEfforts.Nearest(asked, _efforts) is { } nearest && nearest != asked ? Quote(nearest) : null;
    }

    /// <summary>A name that is both dropped and has a default is thereby fixed to it.</summary>
    private bool IsSent(ReadOnlySpan<JsonMember> members, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> sought)
    {
        if (IsDropped(sought))
            return false;
        if (Has(members, bytes, sought))
            return true;
        foreach (var rename in _renames)
        {
            if (sought.SequenceEqual(rename.To) && Has(members, bytes, rename.From))
                return true;
        }

        return false;
    }

    private static bool Has(ReadOnlySpan<JsonMember> members, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name)
    {
        foreach (var member in members)
        {
            if (member.IsNamed(name, bytes))
                return true;
        }

        return false;
    }

    /// <summary>The name without escapes: <c>"mod\u0065l"</c> is a model too. A longer name than any that matters is left as written.</summary>
    private static ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> written, Span<byte> scratch)
    {
        if (!written.Contains((byte)'\\') || written.Length > scratch.Length)
            return written;
        return scratch[..JsonText.Unescape(written, scratch)];
    }

    private static byte[] Quote(string text) => [(byte)'"', .. JsonEncodedText.Encode(text).EncodedUtf8Bytes, (byte)'"'];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
