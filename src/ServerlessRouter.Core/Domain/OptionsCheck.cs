using System.Globalization;

namespace ServerlessRouter.Domain;

/// <summary>Looks at what a host has set the members of an options type to, and refuses all that cannot be at once, each with its name, its value and what is allowed.</summary>
/// <param name="options">The name of the options type.</param>
internal sealed class OptionsCheck(string options)
{
    /// <summary>Timers reach no further than 49 days; nothing that is waited for takes longer than this.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromDays(45);

    private readonly List<string> _faults = [];

    /// <summary>A number of things, at least one unless <paramref name="min"/> says otherwise.</summary>
    public OptionsCheck Count(string name, int value, int min = 1, int max = int.MaxValue) =>
        Demand(value >= min && value <= max, name, value, max == int.MaxValue ? $"at least {min}" : $"from {min} to {max}");

    /// <summary>A share of all, above 0 and at most 1.</summary>
    public OptionsCheck Share(string name, double value) => Demand(value is > 0 and <= 1, name, value, "above 0 and at most 1");

    /// <summary>A span that is waited for, so above zero and within what a timer can wait.</summary>
    public OptionsCheck Wait(string name, TimeSpan value) => Demand(value > TimeSpan.Zero && value <= MaxWait, name, value, $"above 00:00:00 and at most {MaxWait}");

    /// <summary>A span that nothing waits for, above zero and otherwise of any length.</summary>
    public OptionsCheck Span(string name, TimeSpan value) => Demand(value > TimeSpan.Zero, name, value, "above 00:00:00");

    /// <summary>A member that may not be above another.</summary>
    public OptionsCheck AtMost<T>(string name, T value, string other, T bound) where T : IComparable<T>, IFormattable =>
        Demand(value.CompareTo(bound) <= 0, name, value, string.Create(CultureInfo.InvariantCulture, $"at most {other}, which is {bound}"));

    /// <summary>A member that must be below another.</summary>
    public OptionsCheck Below<T>(string name, T value, string other, T bound) where T : IComparable<T>, IFormattable =>
        Demand(value.CompareTo(bound) < 0, name, value, string.Create(CultureInfo.InvariantCulture, $"below {other}, which is {bound}"));

    /// <summary>Throws when anything was refused.</summary>
    public void Hold()
    {
        if (_faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, _faults));
    }

    private OptionsCheck Demand(bool holds, string name, IFormattable value, string allowed)
    {
        if (!holds)
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{options}.{name} is {value}; it must be {allowed}."));
        return this;
    }
}
