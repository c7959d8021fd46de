using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Finds the usage of an answer of which only the end is kept, because it is too large.</summary>
internal static class UsageInTail
{
    /// <summary>Null when there is none to be found.</summary>
    public static TokenUsage? Find(ReadOnlySpan<byte> tail)
    {
        var name = "\"usage\""u8;
        var at = tail.LastIndexOf(name);
        if (at < 0)
            return null;
        var value = tail[(at + name.Length)..].TrimStart(" \t\r\n:"u8);
        var reader = new JsonTokenReader(value);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? OpenAIUsageReader.Read(ref reader) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
