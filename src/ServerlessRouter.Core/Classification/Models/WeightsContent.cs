using System.Text.Json;

namespace ServerlessRouter.Classification.Models;

/// <summary>Reads the content of a weights file; what is wrong with it comes as words that go on from its name, never as an exception.</summary>
internal static class WeightsContent
{
    /// <summary>What the reader of its kind makes of the content; null where there is a problem, such as "is damaged: …".</summary>
    public static T? TryRead<T>(ReadOnlyMemory<byte> content, IReadOnlyList<WeightsReader<T>> readers, out string? problem)
        where T : class
    {
        problem = null;
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("kind", out var kind) || kind.ValueKind != JsonValueKind.String)
                problem = $"is no weights file; {Remedy(readers)}";
            else if (readers.FirstOrDefault(reader => kind.ValueEquals(reader.Kind)) is not { } reader)
                problem = $"holds weights of the kind {kind.GetString()}, but {Listed(readers)} are needed; {Remedy(readers)}";
            else if (!root.TryGetProperty("version", out var version) || !version.TryGetInt32(out var number) || number != WeightsFormat.Version)
                problem = $"is not of version {WeightsFormat.Version}; train it again";
            else
                return reader.Read(root);
        }
        catch (Exception odd) when (odd is JsonException or InvalidDataException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException or OverflowException)
        {
            // Missing members and numbers of the wrong kind come as exceptions of the JSON reader.
            problem = $"is damaged: {odd.Message}";
        }

        return null;
    }

    /// <summary>How weights that can be used are made.</summary>
    public static string Remedy<T>(IReadOnlyList<WeightsReader<T>> readers)
        where T : class => readers is [var only] ? $"make it with train --{only.Kind}" : "make it with train";

    private static string Listed<T>(IReadOnlyList<WeightsReader<T>> readers)
        where T : class => string.Join(" or ", readers.Select(reader => reader.Kind));
}

/// <summary>What reads weights of one kind.</summary>
/// <param name="Kind">A kind of <see cref="WeightsFormat"/>.</param>
/// <param name="Read">From the root of the file; throws as the JSON reader does, or <see cref="InvalidDataException"/>, where the content does not fit.</param>
internal sealed record WeightsReader<T>(string Kind, Func<JsonElement, T> Read)
    where T : class;
