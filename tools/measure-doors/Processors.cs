using System.Diagnostics;

namespace ServerlessRouter.Tools.MeasureDoors;

/// <summary>Who is given which processor.</summary>
internal static class Processors
{
    /// <summary>The vendor, the collector and the load, which inherits it, leave the first processor to the router.</summary>
    public static void LeaveFirst()
    {
        if (Environment.ProcessorCount < 2)
            throw new InvalidOperationException("The router needs a processor for itself, and this machine has one.");
        using var self = Process.GetCurrentProcess();
        self.ProcessorAffinity = (nint)(((1L << Environment.ProcessorCount) - 1) & ~1L);
    }
}
