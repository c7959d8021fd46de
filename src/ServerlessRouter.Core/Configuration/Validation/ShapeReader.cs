using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>
/// Compares a document with the types of <see cref="RouterConfig"/>, reports every member that does not fit, and gives what is left for further checks.
/// </summary>
/// <remarks>A value that does not fit becomes null, so that its neighbours keep their places and their paths.</remarks>
internal sealed class ShapeReader(Findings findings, NameTables names)
{
    private readonly Dictionary<JsonTypeInfo, Member[]> _members = [];

    /// <summary>What the document may have beside the members of its type, and was taken from there.</summary>
    public IReadOnlyList<string> OwnMembers { get; init; } = [];

    private sealed record Member(string Name, JsonTypeInfo Type, MemberAttribute? Rules);

    public RouterConfig Read(JsonElement document) => Read(document, RouterConfigContext.Default.RouterConfig) ?? new RouterConfig();

    /// <summary>The terms of a key that stand alone.</summary>
    public KeyTermsConfig ReadKeyTerms(JsonElement terms) => Read(terms, KeyTermsContext.Default.KeyTermsConfig) ?? new KeyTermsConfig();

    private T? Read<T>(JsonElement document, JsonTypeInfo<T> type)
    {
        var fitting = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(fitting))
            Copy(document, type, null, "", writer);
        return JsonSerializer.Deserialize(fitting.WrittenSpan, type);
    }

    private void Copy(JsonElement value, JsonTypeInfo type, MemberAttribute? member, string path, Utf8JsonWriter writer)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.Object:
                CopyObject(value, type, path, writer);
                break;
            case JsonTypeInfoKind.Dictionary when value.ValueKind == JsonValueKind.Object:
                CopyMap(value, type.Options.GetTypeInfo(type.ElementType!), member, path, writer);
                break;
            case JsonTypeInfoKind.Enumerable when value.ValueKind == JsonValueKind.Array:
                CopyList(value, type.Options.GetTypeInfo(type.ElementType!), member, path, writer);
                break;
            case JsonTypeInfoKind.Enumerable when value.ValueKind == JsonValueKind.Object && member is { MayBeOne: true }:
                writer.WriteStartArray();
                Copy(value, type.Options.GetTypeInfo(type.ElementType!), member, path, writer);
                writer.WriteEndArray();
                break;
            case JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.String && member is { TextMember.Length: > 0 }:
                var (name, text) = (member.TextMember, Array.Find(MembersOf(type), known => known.Name == member.TextMember)!);
                writer.WriteStartObject();
                writer.WritePropertyName(name);
                Copy(value, text.Type, text.Rules, path, writer);
                writer.WriteEndObject();
                break;
            case JsonTypeInfoKind.None when ScalarShape.Complaint(value, type.Type, member, names) is { } complaint:
                Refuse(path, complaint, writer);
                break;
            case JsonTypeInfoKind.None:
                value.WriteTo(writer);
                break;
            default:
                var expected = type.Kind == JsonTypeInfoKind.Enumerable
                    ? member is { MayBeOne: true } ? "an object or a list of them" : "a list"
                    : member is { TextMember.Length: > 0 } ? "a text or an object" : "an object";
                Refuse(path, $"must be {expected}, but is {(member is { IsSecret: true } ? Quoted.Kind(value) : Quoted.Value(value))}", writer);
                break;
        }
    }

    private void CopyObject(JsonElement value, JsonTypeInfo type, string path, Utf8JsonWriter writer)
    {
        var members = MembersOf(type);
        var written = new HashSet<string>();
        writer.WriteStartObject();
        foreach (var property in value.EnumerateObject())
        {
            var memberPath = ConfigPath.Member(path, property.Name);
            if (Array.Find(members, member => member.Name == property.Name) is not { } known)
                findings.Error(memberPath, OwnerOf(property.Name, members) is { } owner
                    ? UnknownNames.MemberOf(property.Name, owner)
                    : UnknownNames.Member(property.Name, [.. path.Length == 0 ? OwnMembers : [], .. members.Select(static member => member.Name)]));
            else if (IsFirst(property, memberPath, written))
                CopyMember(property, known.Type, known.Rules, memberPath, writer);
        }

        writer.WriteEndObject();
        foreach (var known in members)
        {
            if (known.Rules is { IsRequired: true } && !written.Contains(known.Name))
                findings.Error(ConfigPath.Member(path, known.Name), "is missing and must be written");
        }
    }

    private void CopyMap(JsonElement value, JsonTypeInfo elementType, MemberAttribute? member, string path, Utf8JsonWriter writer)
    {
        var written = new HashSet<string>();
        var allowed = names.Names(member?.Names ?? NameTable.Open);
        writer.WriteStartObject();
        foreach (var property in value.EnumerateObject())
        {
            var memberPath = ConfigPath.Member(path, property.Name);
            if (allowed.Count > 0 && !allowed.Contains(property.Name))
                findings.Error(memberPath, UnknownNames.Member(property.Name, allowed));
            else if (IsFirst(property, memberPath, written))
                CopyMember(property, elementType, member, memberPath, writer);
        }

        writer.WriteEndObject();
    }

    private void CopyMember(JsonProperty property, JsonTypeInfo type, MemberAttribute? member, string path, Utf8JsonWriter writer)
    {
        writer.WritePropertyName(property.Name);
        Copy(property.Value, type, member, path, writer);
    }

    private void CopyList(JsonElement value, JsonTypeInfo elementType, MemberAttribute? member, string path, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        var place = 0;
        foreach (var element in value.EnumerateArray())
            Copy(element, elementType, member, ConfigPath.Item(path, place++), writer);
        writer.WriteEndArray();
    }

    private bool IsFirst(JsonProperty property, string path, HashSet<string> written)
    {
        if (written.Add(property.Name))
            return true;
        findings.Error(path, "is written twice; only one can hold");
        return false;
    }

    private void Refuse(string path, string complaint, Utf8JsonWriter writer)
    {
        findings.Error(path, complaint);
        writer.WriteNullValue();
    }

    /// <summary>The one member, of those that may stand here, that the name belongs into; null where there is none, or several that it could be.</summary>
    private string? OwnerOf(string name, Member[] members)
    {
        var owners = members.Where(member => member is { Type.Kind: JsonTypeInfoKind.Object, Rules.TextMember.Length: > 0 } && Array.Exists(MembersOf(member.Type), inner => inner.Name == name)).Take(2).ToArray();
        return owners is [var owner] ? owner.Name : null;
    }

    // Attributes are slow to read, and a configuration has many entries of few types.
    private Member[] MembersOf(JsonTypeInfo type)
    {
        if (!_members.TryGetValue(type, out var members))
            _members.Add(type, members = [.. type.Properties.Select(property => new Member(property.Name, type.Options.GetTypeInfo(property.PropertyType), RulesOf(property)))]);
        return members;
    }

    private static MemberAttribute? RulesOf(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(MemberAttribute), false) is [MemberAttribute member] ? member : null;
}
