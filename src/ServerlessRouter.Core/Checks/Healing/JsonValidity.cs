using System.Text.Json;

namespace ServerlessRouter.Checks.Healing;

/// <summary>Whether bytes are one JSON value.</summary>
internal static class JsonValidity
{
    public static bool IsValid(ReadOnlySpan<byte> json, int maxDepth)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
