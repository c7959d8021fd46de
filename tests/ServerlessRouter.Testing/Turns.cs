namespace ServerlessRouter.Testing;

/// <summary>The bound on a loop that goes on until a state comes: generous, so that only one that would never end runs into it.</summary>
/// <param name="what">What the loop brings about.</param>
/// <param name="most">How many turns are certainly enough.</param>
public sealed class Turns(string what, int most = 10_000)
{
    private int _taken;

    /// <summary>One more turn; throws and says what did not come when there were too many.</summary>
    public void Take()
    {
        if (++_taken > most)
            throw new TimeoutException($"{most} turns were not enough for {what}.");
    }
}
