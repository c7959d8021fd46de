using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>
/// Names of tools for vendors that take 64 characters, as OpenAI and Gemini do; Anthropic takes 128, and tools of MCP servers use them. A longer name is cut and ends with a part of its hash, so the same tool has
/// the same name in every turn; answers get the whole name back.
/// </summary>
internal static class ShortToolNames
{
    public const int MaxLength = 64;

    private const int HashLength = 8;

    /// <summary>The name as it goes up.</summary>
    public static string Of(string name)
    {
        if (name.Length <= MaxLength)
            return name;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return $"{name.AsSpan(0, MaxLength - HashLength - 1)}_{Convert.ToHexStringLower(hash[..(HashLength / 2)])}";
    }

    /// <summary>Of a request's tools those whose names were cut, by the short name; null when there is none, which is usual.</summary>
    public static Dictionary<string, string>? In(ReadOnlyMemory<byte> request)
    {
        try
        {
            using var document = JsonDocument.Parse(request, MessagesDoor.ParseOptions);
            if (ElementJson.Member(document.RootElement, "tools"u8) is not { ValueKind: JsonValueKind.Array } tools)
                return null;
            Dictionary<string, string>? cut = null;
            foreach (var tool in tools.EnumerateArray())
            {
                if (ElementJson.Text(tool, "name"u8) is { Length: > MaxLength } name)
                    (cut ??= new(StringComparer.Ordinal))[Of(name)] = name;
            }

            return cut;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // It was read before, so this is another request's body.
            return null;
        }
    }
}
