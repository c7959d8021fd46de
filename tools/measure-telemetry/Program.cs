using System.CommandLine;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Functions.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.State.Sqlite;
using ServerlessRouter.Tools.MeasureDoors;
using ServerlessRouter.Tools.MeasureTelemetry;

[assembly: SupportedOSPlatform("linux")]

// Measures what telemetry costs a request, and how long /metrics, usage and the dashboard take: docs/performance.md.
var folders = new Argument<string[]>("folder") { Description = "Published routers, measured in turns: dotnet publish src/ServerlessRouter.LocalHost -c Release -o FOLDER.", Arity = ArgumentArity.OneOrMore };
var rounds = new Option<int>("--rounds") { DefaultValueFactory = static _ => 12 };
var seconds = new Option<int>("--seconds") { DefaultValueFactory = static _ => 1, Description = "Seconds of load of a case in a round." };
var warm = new Option<int>("--warm") { DefaultValueFactory = static _ => 25_000, Description = "Requests of each case before anything is counted: code is compiled for good after 10,000." };
var only = new Option<string>("--only") { DefaultValueFactory = static _ => "", Description = "Cases whose name holds this, and the one that they are compared with." };
var hours = new Option<int>("--hours") { DefaultValueFactory = static _ => 25, Description = "Hours of requests that pass." };
var port = new Option<int>("--port") { DefaultValueFactory = static _ => 9851, Description = "The first port; others follow." };

var requests = new Command("requests", "Processor time of a small request, by what the router shows of it. Needs wrk, taskset, chrt and two processors.") { folders, rounds, seconds, warm, only, port };
requests.SetAction(parsed => InFolderAsync(async place =>
{
    Processors.LeaveFirst();
    using var awake = Wakefulness.Begin();
    var vendorPort = parsed.GetValue(port);
    await using var vendor = await Vendor.StartAsync(vendorPort);
    await using var collector = await Collector.StartAsync(vendorPort + 1);
    var configuration = Path.Combine(place, "router.json");
    await File.WriteAllBytesAsync(configuration, Row.Configuration(vendorPort));
    var routers = new Dictionary<(string, TelemetryCase), Router>();
    try
    {
        foreach (var measured in TelemetryCase.All.Where(one => one == TelemetryCase.Off || one.Name.Contains(parsed.GetValue(only)!, StringComparison.Ordinal)))
        {
            foreach (var folder in parsed.GetValue(folders)!)
                routers.Add((folder, measured), await Router.StartAsync(folder, vendorPort + 3 + routers.Count, ["--config", configuration, .. measured.Arguments], measured.Environment(collector)));
        }

        await new RequestMeasurement(parsed.GetValue(folders)!, routers, collector, parsed.GetValue(seconds)).RunAsync(parsed.GetValue(warm), parsed.GetValue(rounds));
    }
    finally
    {
        foreach (var router in routers.Values)
            router.Dispose();
    }
}));

var scrapes = new Command("metrics", "How long /metrics takes with many series.") { folders, port };
scrapes.SetAction(parsed => InFolderAsync(async place =>
{
    Processors.LeaveFirst();
    await using var vendor = await Vendor.StartAsync(parsed.GetValue(port));
    // A thousand series in all; a thousand sets of attributes, most of them of histograms.
    await ScrapeMeasurement.RunAsync(parsed.GetValue(folders)!, place, parsed.GetValue(port), [24, 240]);
}));

var usage = new Command("usage", "What the page for usage waits for over thirteen months, over memory, SQLite and Azurite. Needs Node for Azurite.") { rounds, port };
usage.SetAction(parsed => InFolderAsync(async place =>
{
    UsageMeasurement.TellHead();
    await using (var memory = await UsageMeasurement.StartAsync(new MemoryTableStore(TimeProvider.System), place, parsed.GetValue(port)))
        await memory.RunAsync("memory", parsed.GetValue(rounds));
    await using var database = await SqliteTableStore.OpenAsync(new SqliteTableStoreOptions { Folder = Path.Combine(place, "data") }, TimeProvider.System, NullLogger<SqliteTableStore>.Instance);
    await using (var sqlite = await UsageMeasurement.StartAsync(database, place, parsed.GetValue(port) + 1))
        await sqlite.RunAsync("SQLite", parsed.GetValue(rounds));
    using var emulator = await Emulator.StartAsync(parsed.GetValue(port) + 3);
    await using (var azurite = await UsageMeasurement.StartAsync(new TableServiceStore(emulator.Service), place, parsed.GetValue(port) + 2))
        await azurite.RunAsync("Azurite", parsed.GetValue(rounds));
}));

var rollUp = new Command("roll-up", "What the books take of a processor.") { hours };
rollUp.SetAction(parsed => InFolderAsync(async place =>
{
    const int Instances = 8;
    const double PerSecond = 100;
    RollUpMeasurement.TellHead();
    await new RollUpMeasurement(static time => new MemoryTableStore(time), 1, PerSecond).RunAsync("memory, one instance, 100 requests a second", parsed.GetValue(hours));
    await new RollUpMeasurement(static time => new MemoryTableStore(time), Instances, PerSecond / Instances).RunAsync("memory, each of eight, 12.5 a second", parsed.GetValue(hours));
    await using var database = await SqliteTableStore.OpenAsync(new SqliteTableStoreOptions { Folder = Path.Combine(place, "data") }, TimeProvider.System, NullLogger<SqliteTableStore>.Instance);
    await new RollUpMeasurement(_ => database, 1, PerSecond).RunAsync("SQLite, one instance, 100 a second", parsed.GetValue(hours));
}));

var views = new Command("first-view", "How long the dashboard takes until it shows figures, in Chromium. Needs Node.") { folders, rounds, port };
views.SetAction(async parsed =>
{
    Processors.LeaveFirst();
    foreach (var folder in parsed.GetValue(folders)!)
        await FirstView.RunAsync(folder, parsed.GetValue(port), parsed.GetValue(rounds));
});

var root = new RootCommand("Measures telemetry, analytics and the dashboard on this machine.") { requests, scrapes, usage, rollUp, views };
return await root.Parse(args).InvokeAsync();

// A folder of its own: a router watches the folder of its configuration, and in a shared one much happens.
static async Task InFolderAsync(Func<string, Task> measure)
{
    var place = Directory.CreateTempSubdirectory("measure-telemetry-");
    try
    {
        await measure(place.FullName);
    }
    finally
    {
        place.Delete(recursive: true);
    }
}
