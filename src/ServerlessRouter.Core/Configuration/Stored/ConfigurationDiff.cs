using System.Text.Json;

namespace ServerlessRouter.Configuration.Stored;

/// <summary>Where two configurations say different things, member by member.</summary>
public static class ConfigurationDiff
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 };

    /// <summary>In the order of the one before, then what the other one adds. Comments and white space play no part.</summary>
    public static IReadOnlyList<ConfigurationDifference> Of(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        using var one = JsonDocument.Parse(WithoutByteOrderMark(before), Options);
        using var other = JsonDocument.Parse(WithoutByteOrderMark(after), Options);
        var differences = new List<ConfigurationDifference>();
        Compare("", one.RootElement, other.RootElement, differences);
        return differences;
    }

    private static void Compare(string path, JsonElement before, JsonElement after, List<ConfigurationDifference> differences)
    {
        if (before.ValueKind != JsonValueKind.Object || after.ValueKind != JsonValueKind.Object)
        {
            if (!JsonElement.DeepEquals(before, after))
                differences.Add(new ConfigurationDifference(path, before.GetRawText(), after.GetRawText()));
            return;
        }

        foreach (var member in before.EnumerateObject())
        {
            var at = At(path, member.Name);
            if (after.TryGetProperty(member.Name, out var other))
                Compare(at, member.Value, other, differences);
            else
                differences.Add(new ConfigurationDifference(at, member.Value.GetRawText(), null));
        }

        foreach (var member in after.EnumerateObject())
        {
            if (!before.TryGetProperty(member.Name, out _))
                differences.Add(new ConfigurationDifference(At(path, member.Name), null, member.Value.GetRawText()));
        }
    }

    private static string At(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> text) => text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text;
}

/// <summary>A member that two configurations write differently.</summary>
/// <param name="Path">Where it stands.</param>
/// <param name="Before">As JSON; null where it is not written.</param>
/// <param name="After">As JSON; null where it is not written.</param>
public sealed record ConfigurationDifference(string Path, string? Before, string? After);
