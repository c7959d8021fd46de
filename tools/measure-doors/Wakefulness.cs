using System.Diagnostics;

namespace ServerlessRouter.Tools.MeasureDoors;

/// <summary>
/// Keeps the processors of the vendor and the load awake, by work that gives way to any other. One that falls asleep between two calls has to be woken, which is charged to the router that calls, and the more
/// often the slower it is: a difference of a tenth looked like one of a seventh, and half of the spread was that.
/// </summary>
internal sealed class Wakefulness : IDisposable
{
    private readonly IReadOnlyList<Process> _idlers;

    private Wakefulness(IReadOnlyList<Process> idlers) => _idlers = idlers;

    /// <summary>On the processors that this process is left, which is all but the router's.</summary>
    public static Wakefulness Begin() => new([.. Enumerable.Range(1, Environment.ProcessorCount - 1).Select(static _ => Process.Start("chrt", ["--idle", "0", "sh", "-c", "while :; do :; done"])!)]);

    public void Dispose()
    {
        foreach (var idler in _idlers)
        {
            idler.Kill();
            idler.Dispose();
        }
    }
}
