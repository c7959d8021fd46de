using System.Collections.Concurrent;
using System.Numerics;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>Below how many tokens nineteen of twenty answers of a model to a caller stay; kept for callers with limits alone, and for so many of them.</summary>
internal sealed class LongAnswers
{
    /// <summary>Pairs of caller and model that are remembered; beyond it all of them are learnt anew.</summary>
    public const int MaxPairs = 4096;

    private readonly ConcurrentDictionary<(string Caller, string Model), LengthCounts> _known = [];

    /// <summary>Null where too few answers are known.</summary>
    public int? LengthOf(string? caller, string model) => _known.TryGetValue((caller ?? "", model), out var counts) ? counts.Long : null;

    public void Learn(string? caller, string model, int tokens)
    {
        if (!_known.TryGetValue((caller ?? "", model), out var counts))
        {
            if (_known.Count >= MaxPairs)
                _known.Clear();
            counts = _known.GetOrAdd((caller ?? "", model), static _ => new LengthCounts());
        }

        counts.Add(tokens);
    }
}

/// <summary>Counts answers by length, in steps of a quarter of a power of two; old ones fade.</summary>
internal sealed class LengthCounts
{
    private const int StepsPerPower = 4;
    private const int Steps = 24 * StepsPerPower;
    private const int MinAnswers = 20;
    private const int MaxAnswers = 1000;
    private const double Share = 0.95;

    private readonly Lock _lock = new();
    private readonly ushort[] _counts = new ushort[Steps];
    private int _total;
    private int _long;

    /// <summary>Null below twenty answers.</summary>
    public int? Long => Volatile.Read(ref _long) is > 0 and var tokens ? tokens : null;

    public void Add(int tokens)
    {
        lock (_lock)
        {
            if (_total >= MaxAnswers)
                Fade();
            _counts[StepOf(tokens)]++;
            if (++_total >= MinAnswers)
                Volatile.Write(ref _long, Find());
        }
    }

    private static int StepOf(int tokens)
    {
        var power = BitOperations.Log2((uint)Math.Max(1, tokens));
        var within = ((long)Math.Max(1, tokens) * StepsPerPower >> power) - StepsPerPower;
        return Math.Min(Steps - 1, (power * StepsPerPower) + (int)within);
    }

    /// <summary>The most tokens an answer of the step has.</summary>
    private static int EndOf(int step) => (int)Math.Ceiling((1L << (step / StepsPerPower)) * (1 + (((step % StepsPerPower) + 1) / (double)StepsPerPower)));

    private int Find()
    {
        var seen = 0;
        for (var step = 0; step < Steps; step++)
        {
            seen += _counts[step];
            if (seen >= Share * _total)
                return EndOf(step);
        }

        return EndOf(Steps - 1);
    }

    private void Fade()
    {
        _total = 0;
        for (var step = 0; step < Steps; step++)
            _total += _counts[step] /= 2;
    }
}
