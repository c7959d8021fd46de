using ServerlessRouter.Json;

namespace ServerlessRouter.Checks.Healing;

/// <summary>Finds the one JSON value in a text that a model wrote around it: behind its thinking, in a code block, between sentences.</summary>
/// <remarks>Only so many beginnings are tried, and none within what was meant to be JSON and is broken: a part of it is not the answer.</remarks>
internal static class JsonSearch
{
    private const int MaxBeginnings = 16;

    /// <summary>How often over the text may be read in all.</summary>
    private const int MaxPasses = 4;

    /// <summary>The one value that fits; null where there is none, or several that differ.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="end">What becomes of a value that is still open at the end.</param>
    /// <param name="fits">Whether a value, which is given as JSON, is what was asked for.</param>
    public static byte[]? Find(ReadOnlyMemory<byte> text, OpenEnd end, Func<ReadOnlyMemory<byte>, bool> fits)
    {
        var written = WithoutFence(text.Span);
        var place = StartOf(written);
        var (found, fenced) = (new Finding(), new Finding());
        using var output = new PooledWriter(Math.Max(64, written.Length - place));
        var budget = ((long)written.Length * MaxPasses) + 1024;
        for (var tried = 0; tried < MaxBeginnings && budget > 0; tried++)
        {
            var next = written[place..].IndexOfAny((byte)'{', (byte)'[');
            if (next < 0)
                break;
            var start = place + next;
            output.Clear();
            var repair = new JsonRepair(written, end, output);
            var isRead = repair.TryRead(start);
            budget -= repair.Place - start;
            if (!isRead && repair.ReadMembers)
                return null;
            place = isRead ? repair.Place : start + 1;
            if (!isRead)
                continue;
            var value = Exactly(written[start..repair.Place]) ?? output.Written.ToArray();
            if (!fits(value))
                continue;
            found.Add(value);
            if (IsBehindFence(written[..start]))
                fenced.Add(value);
        }

        return fenced.Only ?? (fenced.IsEmpty ? found.Only : null);
    }

    /// <summary>As the model wrote it, where that is JSON.</summary>
    private static byte[]? Exactly(ReadOnlySpan<byte> written) => JsonValidity.IsValid(written, JsonRepair.MaxDepth) ? written.ToArray() : null;

    /// <summary>Thinking that a model writes into its answer is none of the answer.</summary>
    private static int StartOf(ReadOnlySpan<byte> text)
    {
        var isThought = text.TrimStart(" \t\r\n"u8) is [not ((byte)'{' or (byte)'[' or (byte)'`'), ..];
        return isThought && text.LastIndexOf("</think>"u8) is >= 0 and var thought ? thought + "</think>"u8.Length : 0;
    }

    /// <summary>The closing fence of a code block, so that a text that is still open does not take it for its own.</summary>
    private static ReadOnlySpan<byte> WithoutFence(ReadOnlySpan<byte> text)
    {
        var trimmed = text.TrimEnd(" \t\r\n"u8);
        return trimmed.EndsWith("\n```"u8) ? trimmed[..^4].TrimEnd(" \t\r\n"u8) : trimmed;
    }

    private static bool IsBehindFence(ReadOnlySpan<byte> before)
    {
        var rest = before.TrimEnd(" \t\r\n"u8);
        while (!rest.IsEmpty && char.IsAsciiLetterOrDigit((char)rest[^1]))
            rest = rest[..^1];
        return rest.EndsWith("```"u8);
    }

    private struct Finding
    {
        private byte[]? _first;
        private bool _differ;

        public readonly bool IsEmpty => _first is null;

        public readonly byte[]? Only => _differ ? null : _first;

        public void Add(byte[] value)
        {
            _differ |= _first is not null && !value.AsSpan().SequenceEqual(_first);
            _first ??= value;
        }
    }
}
