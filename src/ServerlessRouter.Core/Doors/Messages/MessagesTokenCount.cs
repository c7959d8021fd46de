using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Classification;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Answers <c>POST /v1/messages/count_tokens</c> without a call of a vendor.</summary>
/// <remarks>
/// No vendor says how it writes tools into a prompt, which most of an agent's prompt is; so a prompt is counted exactly only where it is texts alone and a tokenizer is given.
/// </remarks>
public static class MessagesTokenCount
{
    /// <summary>The header that says how it was counted.</summary>
    public const string Header = "x-router-token-count";

    /// <summary>What OpenAI adds to each message and to the beginning of the answer.</summary>
    private const int TokensPerMessage = 4;
    private const int TokensPerRequest = 3;

    private const int UsualGrowth = 1024;

    /// <summary>Counts the prompt's tokens. False, with what is wrong in Anthropic's words, where the request cannot be read.</summary>
    /// <param name="body">The caller's bytes: a request without its limits.</param>
    /// <param name="tokenizer">Tokens of one text, where the tokenizer of the model is known; null of a text that it does not count.</param>
    /// <param name="count">The count.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryCount(ReadOnlyMemory<byte> body, Func<ReadOnlyMemory<byte>, int?>? tokenizer, out TokenCount count, [NotNullWhen(false)] out RouterError? error)
    {
        count = default;
        using var chat = new PooledWriter(body.Length + UsualGrowth);
        error = MessagesDoor.Read(body, chat, needsLimit: false);
        if (error is not null)
            return false;
        var length = chat.Length;
        var pooled = chat.Detach();
        if (!ChatRequestScanner.TryScan(pooled, length, out var request, out error))
        {
            ArrayPool<byte>.Shared.Return(pooled);
            error = MessagesDoor.Instance.InOwnWords(error);
            return false;
        }

        using (request)
            count = tokenizer is not null && IsTextAlone(request) && Exactly(request, tokenizer) is { } exact ? new TokenCount(exact, true) : new TokenCount(PromptSize.CountTokens(request), false);
        return true;
    }

    /// <summary>Writes the answer.</summary>
    public static void Write(TokenCount count, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, MessagesDoor.WriterOptions);
        writer.WriteStartObject();
        writer.WriteNumber("input_tokens"u8, count.Tokens);
        writer.WriteEndObject();
    }

    private static bool IsTextAlone(ChatRequest request) => request is { SchemaBytes: 0, ImageCount: 0, SoundBytes: 0, FileBytes: 0 };

    private static int? Exactly(ChatRequest request, Func<ReadOnlyMemory<byte>, int?> tokenizer)
    {
        var tokens = TokensPerRequest + ((long)TokensPerMessage * request.MessageCount);
        foreach (var piece in request.Texts)
        {
            var text = new byte[piece.Range.Length];
            if (tokenizer(text.AsMemory(0, request.CopyText(piece, text))) is not { } counted)
                return null;
            tokens += counted;
        }

        return (int)Math.Min(int.MaxValue, tokens);
    }
}

/// <summary>The tokens of a prompt.</summary>
/// <param name="Tokens">How many.</param>
/// <param name="IsExact">Counted with the model's tokenizer; estimated otherwise (docs/tokens.md).</param>
public readonly record struct TokenCount(int Tokens, bool IsExact)
{
    /// <summary>What stands in <see cref="MessagesTokenCount.Header"/>.</summary>
    public string Accuracy => IsExact ? "exact" : "estimate";
}
