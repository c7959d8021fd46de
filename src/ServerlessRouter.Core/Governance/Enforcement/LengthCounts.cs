using System.Numerics;

namespace ServerlessRouter.Governance.Enforcement;

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

    /// <summary>The lowest step up to which the share is reached, and how many answers are in the steps up to it.</summary>
    private int _step;
    private int _within;
    private int _long;

    /// <summary>Null below twenty answers.</summary>
    public int? Long => Volatile.Read(ref _long) is > 0 and var tokens ? tokens : null;

    public void Add(int tokens)
    {
        lock (_lock)
        {
            if (_total >= MaxAnswers)
                Fade();
            var step = StepOf(tokens);
            _counts[step]++;
            _within += step <= _step ? 1 : 0;
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

    /// <summary>One answer more moves the step by little, so it is looked for from where it was.</summary>
    private int Find()
    {
        var (from, needed) = (_step, Share * _total);
        while (_within < needed && _step < Steps - 1)
            _within += _counts[++_step];
        while (_step > 0 && _within - _counts[_step] >= needed)
            _within -= _counts[_step--];
        return _step == from && _long > 0 ? _long : EndOf(_step);
    }

    private void Fade()
    {
        (_total, _within) = (0, 0);
        for (var step = 0; step < Steps; step++)
        {
            _total += _counts[step] /= 2;
            _within += step <= _step ? _counts[step] : 0;
        }
    }
}
