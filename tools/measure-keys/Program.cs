using System.CommandLine;
using System.Runtime.Versioning;
using ServerlessRouter.Tools.MeasureDoors;
using ServerlessRouter.Tools.MeasureKeys;

[assembly: SupportedOSPlatform("linux")]

// Measures what keys, limits, budgets and the cache cost the router in processor time, beside the same router without them: docs/performance.md.
var folders = new Argument<string[]>("folder") { Description = "Published routers, measured in turns: dotnet publish src/ServerlessRouter.LocalHost -c Release -o FOLDER.", Arity = ArgumentArity.OneOrMore };
var rounds = new Option<int>("--rounds") { DefaultValueFactory = static _ => 12 };
var seconds = new Option<int>("--seconds") { DefaultValueFactory = static _ => 1, Description = "Seconds of load of a case in a round." };
var warm = new Option<int>("--warm") { DefaultValueFactory = static _ => 25_000, Description = "Requests of each case before anything is counted: code is compiled for good after 10,000." };
var only = new Option<string>("--only") { DefaultValueFactory = static _ => "", Description = "Cases whose name holds this, and those that they are compared with." };
var connections = new Option<int>("--connections") { DefaultValueFactory = static _ => 64, Description = "Connections of the load. Few leave the vendor and the load idle in between, and waking them is then much of what a request costs." };
var port = new Option<int>("--port") { DefaultValueFactory = static _ => 9801, Description = "The vendor's port; the routers' follow." };
var root = new RootCommand("Measures keys, limits and the cache of published routers against one vendor on this machine. Needs wrk, taskset, chrt and two processors.") { folders, rounds, seconds, warm, only, connections, port };
root.SetAction(async parsed =>
{
    Processors.LeaveFirst();
    using var awake = Wakefulness.Begin();
    var vendorPort = parsed.GetValue(port);
    await using var vendor = await Vendor.StartAsync(vendorPort);
    var wanted = Case.All.Where(measured => measured.Name.Contains(parsed.GetValue(only)!, StringComparison.Ordinal)).ToList();
    var cases = Case.All.Where(measured => wanted.Exists(one => one == measured || one.Base == measured || one.Base?.Base == measured)).ToList();
    var routers = new Dictionary<(string, Setting), Router>();
    // A folder of its own: a router watches the folder of its configuration, and in a shared one much happens.
    var place = Directory.CreateTempSubdirectory("measure-keys-");
    try
    {
        foreach (var setting in cases.Select(static measured => measured.Setting).Distinct())
        {
            var configuration = Path.Combine(place.FullName, $"{setting.Name}.json");
            await File.WriteAllBytesAsync(configuration, setting.Configuration(vendorPort));
            foreach (var folder in parsed.GetValue(folders)!)
            {
                var began = TimeProvider.System.GetTimestamp();
                routers.Add((folder, setting), await Router.StartAsync(folder, vendorPort + 1 + routers.Count, configuration));
                await Console.Error.WriteLineAsync($"{folder}, {setting.Name}: started in {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms");
            }
        }

        await new KeyMeasurement(parsed.GetValue(folders)!, routers, cases, parsed.GetValue(seconds), parsed.GetValue(connections)).RunAsync(parsed.GetValue(warm), parsed.GetValue(rounds));
    }
    finally
    {
        foreach (var router in routers.Values)
            router.Dispose();
        place.Delete(recursive: true);
    }
});
return await root.Parse(args).InvokeAsync();
