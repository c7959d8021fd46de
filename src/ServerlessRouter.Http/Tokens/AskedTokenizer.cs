using System.Text.Json;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http.Tokens;

/// <summary>The tokenizer of the models that a request could be answered by.</summary>
internal static class AskedTokenizer
{
    /// <summary>Its name in the catalogue; null where one of the models has another, or one that is not known.</summary>
    public static string? Of(RouterModel router, ReadOnlySpan<byte> body)
    {
        if (ModelIn(body) is not { } name || !RequestedTarget.TryFind(router, name, out var route, out _))
            return null;
        var tokenizers = route.Candidates.Concat(route.Fallbacks).Concat(route.Rules.SelectMany(static rule => rule.Use)).Select(static model => model.Tokenizer).Distinct().ToList();
        return tokenizers is [{ } only] ? only : null;
    }

    /// <summary>Null where there is none, or a list of several.</summary>
    private static string? ModelIn(ReadOnlySpan<byte> body)
    {
        string? model = null;
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 256 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isModel, isList) = (reader.ValueTextEquals("model"u8), reader.ValueTextEquals("models"u8));
                reader.Read();
                if (isList)
                    return null;
                if (isModel && reader.TokenType == JsonTokenType.String)
                    model = reader.GetString();
                reader.Skip();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The reader that comes next refuses it.
            return null;
        }

        return model;
    }
}
