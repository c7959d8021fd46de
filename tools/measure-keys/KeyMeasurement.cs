using System.Globalization;
using ServerlessRouter.Tools.MeasureDoors;

namespace ServerlessRouter.Tools.MeasureKeys;

/// <summary>Takes every case of every published router in turns. On a shared machine figures drift from minute to minute, so cases are compared within a round, and the ratios' median counts.</summary>
internal sealed class KeyMeasurement(IReadOnlyList<string> folders, IReadOnlyDictionary<(string Folder, Setting Setting), Router> routers, IReadOnlyList<Case> cases, int seconds, int connections)
{
    private readonly Dictionary<(string, Case), List<double>> _micros = [];

    public async Task RunAsync(int warm, int rounds)
    {
        foreach (var (folder, measured) in Pairs())
        {
            if (await KeyLoad.CheckAsync(routers[(folder, measured.Setting)]) is { } fault)
                throw new InvalidOperationException($"'{measured.Name}' of '{folder}' is answered wrongly: {fault}");
            _micros[(folder, measured)] = [];
        }

        // A case that comes last in one pass is compiled with what the others have taught in between.
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var (folder, measured) in Pairs())
            {
                for (var left = warm / 2; left > 0;)
                    left -= await KeyLoad.RunAsync(routers[(folder, measured.Setting)], measured, 1, connections);
            }
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var (folder, measured) in Pairs())
            {
                var router = routers[(folder, measured.Setting)];
                var before = router.CpuSeconds;
                var answered = await KeyLoad.RunAsync(router, measured, seconds, connections);
                _micros[(folder, measured)].Add((router.CpuSeconds - before) * 1e6 / answered);
            }

            await Console.Error.WriteLineAsync($"round {round + 1} of {rounds}");
        }

        foreach (var folder in folders)
            Tell(folder);
    }

    /// <summary>A case of one router, then the same of the next: what is compared lies close together.</summary>
    private IEnumerable<(string Folder, Case Measured)> Pairs() => cases.SelectMany(measured => folders.Select(folder => (folder, measured)));

    private void Tell(string folder)
    {
        Console.WriteLine($"\n| {Path.GetFileName(folder.TrimEnd('/'))}: µs a request | median | lowest to highest | × its base | lowest to highest | × {Path.GetFileName(folders[0].TrimEnd('/'))} |\n| --- | --- | --- | --- | --- | --- |");
        foreach (var measured in cases)
        {
            var micros = _micros[(folder, measured)];
            var (ofBase, ofFirst) = (Rounds.Ratios(micros, _micros[(folder, measured.Base ?? measured)]), Rounds.Ratios(micros, _micros[(folders[0], measured)]));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {measured.Name} | {Rounds.Median(micros):0.0} | {micros.Min():0.0} to {micros.Max():0.0} | {Rounds.Median(ofBase):0.000} | {ofBase.Min():0.00} to {ofBase.Max():0.00} | {Rounds.Median(ofFirst):0.00} |"));
        }
    }
}
