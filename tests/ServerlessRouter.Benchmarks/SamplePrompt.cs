namespace ServerlessRouter.Benchmarks;

/// <summary>English as users write it: prose, a little code, quotes and line breaks that JSON must escape, a few characters outside ASCII.</summary>
internal static class SamplePrompt
{
    /// <summary>What the figures per decision are measured with.</summary>
    public const int UsualCharacters = 1_000;

    private const string Text = """
        Our checkout service retries a payment when the bank's gateway answers with a timeout, and last night about forty customers were charged twice.
        The code below is what runs today. Explain in plain words why a retry can charge twice, then rewrite it so that it cannot:

        async function charge(order) {
          for (let attempt = 1; attempt <= 3; attempt++) {
            const answer = await gateway.post("/charges", { amount: order.total, currency: "EUR" });
            if (answer.status === 200) return answer.body;
            await sleep(250 * attempt);
          }
          throw new Error("payment failed: " + order.id);
        }

        Keep the three attempts and the growing pause. The gateway accepts an "Idempotency-Key" header and remembers a key for 24 hours; orders have a stable id.
        Say which cases are still open, for example a process that dies between the charge and the database write, and what you would log so that support can
        answer a customer in Zürich or São Paulo within five minutes. Answer in at most 400 words, code first.

        """;

    /// <summary>Text of exactly this many characters.</summary>
    public static string OfLength(int characters)
    {
        var repeats = (characters / Text.Length) + 1;
        return string.Concat(Enumerable.Repeat(Text, repeats))[..characters];
    }
}
