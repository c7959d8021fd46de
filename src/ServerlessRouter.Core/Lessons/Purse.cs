using ServerlessRouter.Domain;

namespace ServerlessRouter.Lessons;

/// <summary>Money spent since the start of a period.</summary>
internal sealed class Purse
{
    private readonly Lock _lock = new();
    private DateTime _since;
    private decimal _usd;

    public decimal SpentSince(DateTime start)
    {
        lock (_lock)
            return _since == start ? _usd : 0;
    }

    public void Add(decimal usd, DateTime start)
    {
        lock (_lock)
            (_since, _usd) = (start, Sums.Usd(_since == start ? _usd : 0, usd));
    }
}
