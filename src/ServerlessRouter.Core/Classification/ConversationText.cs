using ServerlessRouter.Chat;

namespace ServerlessRouter.Classification;

/// <summary>
/// The part of a conversation that says what is asked: the user's last message, and, while that is too short to stand alone ("and in French?"), the user's messages
/// before it. System prompts and answers are left out: they describe the application and the past, not the request.
/// </summary>
internal static class ConversationText
{
    /// <summary>Most text taken, head and tail of a longer message.</summary>
    public const int MaxBytes = 2 * 1024;

    private const int StandsAloneBytes = 80;
    private const int MaxTurns = 3;

    /// <summary>Copies the text, oldest message first, into a buffer of at least <see cref="MaxBytes"/>. Answers the bytes written.</summary>
    public static int Copy(ChatRequest request, Span<byte> buffer)
    {
        var pieces = request.Texts;
        var end = LastPieceOf(pieces, MessageRole.User, pieces.Count - 1);
        var role = MessageRole.User;
        if (end < 0)
        {
            end = pieces.Count - 1;
            if (end < 0)
                return 0;
            role = pieces[end].Role;
        }

        var first = StartOfMessage(pieces, end);
        var bytes = BytesOf(pieces, first, end, role);
        for (var turn = 1; turn < MaxTurns && bytes < StandsAloneBytes; turn++)
        {
            var earlier = LastPieceOf(pieces, role, first - 1);
            if (earlier < 0)
                break;
            first = StartOfMessage(pieces, earlier);
            bytes = BytesOf(pieces, first, end, role);
        }

        return bytes <= MaxBytes ? CopyAll(request, pieces, first, end, role, buffer) : CopyEnds(request, pieces, first, end, role, buffer[..MaxBytes]);
    }

    private static int CopyAll(ChatRequest request, IReadOnlyList<TextPiece> pieces, int first, int end, MessageRole role, Span<byte> buffer)
    {
        var written = 0;
        for (var place = first; place <= end && written < buffer.Length; place++)
        {
            if (pieces[place].Role != role)
                continue;
            if (written > 0)
                buffer[written++] = (byte)'\n';
            written += request.CopyText(pieces[place], buffer[written..]);
        }

        return written;
    }

    /// <summary>Instructions stand at a long text's beginning or end.</summary>
    private static int CopyEnds(ChatRequest request, IReadOnlyList<TextPiece> pieces, int first, int end, MessageRole role, Span<byte> buffer)
    {
        var half = buffer.Length / 2;
        var tail = request.CopyText(pieces[end], buffer[^half..], keepsTail: true);
        var head = CopyAll(request, pieces, first, first == end ? end : end - 1, role, buffer[..half]);
        buffer[^half..][..tail].CopyTo(buffer[head..]);
        return head + tail;
    }

    private static int LastPieceOf(IReadOnlyList<TextPiece> pieces, MessageRole role, int from)
    {
        for (var place = from; place >= 0; place--)
        {
            if (pieces[place].Role == role)
                return place;
        }

        return -1;
    }

    private static int StartOfMessage(IReadOnlyList<TextPiece> pieces, int place)
    {
        while (place > 0 && pieces[place - 1].Message == pieces[place].Message)
            place--;
        return place;
    }

    private static int BytesOf(IReadOnlyList<TextPiece> pieces, int first, int end, MessageRole role)
    {
        var bytes = 0;
        for (var place = first; place <= end; place++)
        {
            if (pieces[place].Role == role)
                bytes += pieces[place].Range.Length + 1;
        }

        return bytes;
    }
}
