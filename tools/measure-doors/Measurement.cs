using System.Globalization;

namespace ServerlessRouter.Tools.MeasureDoors;

/// <summary>
/// Takes every row of every router in turns and tells medians. On a shared machine figures drift from minute to minute, so rows are compared within a round, and the ratios' median counts.
/// </summary>
internal sealed class Measurement(IReadOnlyList<Router> routers, IReadOnlyList<Row> rows, int seconds)
{
    private readonly Dictionary<(Router, Row), List<double>> _micros = [];

    public async Task RunAsync(int warm, int rounds)
    {
        foreach (var (router, row) in Pairs())
        {
            if (await Load.CheckAsync(router, row) is { } fault)
                throw new InvalidOperationException($"'{row.Name}' of '{router.Name}' is answered wrongly: {fault}");
            _micros[(router, row)] = [];
        }

        // A row that comes last in one pass is compiled with what the others have taught in between.
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var (router, row) in Pairs())
                await WarmAsync(router, row, row.Form == AnswerForm.SlowStream ? warm / 100 : warm / 2);
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var (router, row) in Pairs())
            {
                var before = router.CpuSeconds;
                // Slow streams are few, and those under way at the end have cost something, too.
                var answered = await Load.RunAsync(router, row, row.Form == AnswerForm.SlowStream ? 3 * seconds : seconds);
                _micros[(router, row)].Add((router.CpuSeconds - before) * 1e6 / answered);
            }

            await Console.Error.WriteLineAsync($"round {round + 1} of {rounds}");
        }

        foreach (var router in routers)
            Tell(router);
    }

    private static async Task WarmAsync(Router router, Row row, int requests)
    {
        while (requests > 0)
            requests -= await Load.RunAsync(router, row, 1);
    }

    /// <summary>A row of one router, then the same of the next: what is compared lies close together.</summary>
    private IEnumerable<(Router Router, Row Row)> Pairs() => rows.SelectMany(row => routers.Select(router => (router, row)));

    private void Tell(Router router)
    {
        Console.WriteLine($"\n| {router.Name}: µs a request | median | lowest to highest | × chat | lowest to highest | × {routers[0].Name} |\n| --- | --- | --- | --- | --- | --- |");
        foreach (var row in rows)
        {
            var micros = _micros[(router, row)];
            var (chat, first) = (Rounds.Ratios(micros, _micros[(router, row.Base)]), Rounds.Ratios(micros, _micros[(routers[0], row)]));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {row.Name} | {Rounds.Median(micros):0} | {micros.Min():0} to {micros.Max():0} | {Rounds.Median(chat):0.00} | {chat.Min():0.00} to {chat.Max():0.00} | {Rounds.Median(first):0.00} |"));
        }
    }
}
