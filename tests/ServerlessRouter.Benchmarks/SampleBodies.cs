using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Benchmarks;

/// <summary>Bodies of chats of a given size: a system prompt and turns of user and assistant, with the parameters that clients usually send.</summary>
internal static class SampleBodies
{
    /// <summary>A first question.</summary>
    public const int Small = 512;

    /// <summary>A conversation that has gone on for a while.</summary>
    public const int Medium = 16 * 1024;

    /// <summary>A long document with questions about it.</summary>
    public const int Large = 256 * 1024;

    private const int CharactersOfTurn = 2_000;

    /// <summary>A body within a few bytes of this size.</summary>
    public static byte[] OfSize(int bytes)
    {
        // Escapes and characters outside ASCII make the body longer than its text, so the text is shortened until it fits.
        var characters = bytes;
        byte[] body;
        do
        {
            body = WithText(characters);
            characters -= Math.Max(1, (body.Length - bytes) * 9 / 10);
        }
        while (body.Length > bytes);
        return body;
    }

    private static byte[] WithText(int characters)
    {
        var turns = new List<(string, string)> { ("system", "You are a careful senior engineer. Answer briefly.") };
        for (var left = characters; left > 0; left -= CharactersOfTurn)
            turns.Add((turns.Count % 2 == 1 ? "user" : "assistant", SamplePrompt.OfLength(Math.Min(left, CharactersOfTurn))));
        var body = ChatBodies.Conversation([.. turns]);
        return ChatBodies.With(ChatBodies.With(body, "temperature", "0.7"), "max_tokens", "800");
    }
}
