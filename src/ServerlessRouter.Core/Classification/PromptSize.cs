using ServerlessRouter.Chat;

namespace ServerlessRouter.Classification;

/// <summary>Estimates the tokens of a whole request: texts, tool definitions, images, sound, files and what each message costs by itself.</summary>
internal static class PromptSize
{
    /// <summary>OpenAI counts three or four for each message and three to prime the answer.</summary>
    private const int TokensPerMessage = 4;
    private const int TokensPerRequest = 3;

    /// <summary>An image of 1024 × 1024 in high detail is 765 tokens to OpenAI and about as many elsewhere; its size is not known here.</summary>
    private const int TokensPerImage = 765;

    /// <summary>JSON schemas and call arguments: short names, much punctuation.</summary>
    private const int SchemaBytesPerToken = 4;

    /// <summary>Sound as base64: MP3 of 128 kbit/s at ten tokens a second.</summary>
    private const int SoundBytesPerToken = 2_000;

    /// <summary>Documents as base64: a page of a PDF is some 50 KB and 2,500 tokens.</summary>
    private const int FileBytesPerToken = 20;

    private const int Hundredths = 100;

    public static int EstimateTokens(ChatRequest request)
    {
        var tokens = (PromptWindows.Hundredths(request) + Hundredths - 1) / Hundredths;
        tokens += TokensPerRequest + ((long)TokensPerMessage * request.MessageCount) + ((long)TokensPerImage * request.ImageCount);
        tokens += (request.SchemaBytes / SchemaBytesPerToken) + (request.SoundBytes / SoundBytesPerToken) + (request.FileBytes / FileBytesPerToken);
        return (int)Math.Min(int.MaxValue, tokens);
    }
}
