using System.CommandLine;
using System.Runtime.Versioning;
using ServerlessRouter.Tools.MeasureDoors;

[assembly: SupportedOSPlatform("linux")]

// Measures what a request through each door costs the router in processor time, beside the same through chat completions: docs/performance.md.
var folders = new Argument<string[]>("folder") { Description = "Published routers, measured in turns: dotnet publish src/ServerlessRouter.LocalHost -c Release -o FOLDER.", Arity = ArgumentArity.OneOrMore };
var rounds = new Option<int>("--rounds") { DefaultValueFactory = static _ => 7 };
var seconds = new Option<int>("--seconds") { DefaultValueFactory = static _ => 2, Description = "Seconds of load of a row in a round." };
var warm = new Option<int>("--warm") { DefaultValueFactory = static _ => 25_000, Description = "Requests of each row before anything is counted: code is compiled for good after 10,000." };
var only = new Option<string>("--only") { DefaultValueFactory = static _ => "", Description = "Rows whose name holds this, and the rows they are compared with." };
var port = new Option<int>("--port") { DefaultValueFactory = static _ => 9701, Description = "The vendor's port; the routers' follow." };
var root = new RootCommand("Measures the doors of published routers against one vendor on this machine. Needs wrk, taskset, chrt and two processors.") { folders, rounds, seconds, warm, only, port };
root.SetAction(async parsed =>
{
    Processors.LeaveFirst();
    using var awake = Wakefulness.Begin();
    var vendorPort = parsed.GetValue(port);
    await using var vendor = await Vendor.StartAsync(vendorPort);
    var configuration = Path.Combine(Path.GetTempPath(), $"measure-doors-{Environment.ProcessId}.json");
    await File.WriteAllBytesAsync(configuration, Row.Configuration(vendorPort));
    var routers = new List<Router>();
    try
    {
        foreach (var folder in parsed.GetValue(folders)!)
            routers.Add(await Router.StartAsync(folder, vendorPort + 1 + routers.Count, configuration));
        var wanted = Row.All.Where(row => row.Name.Contains(parsed.GetValue(only)!, StringComparison.Ordinal)).ToList();
        var rows = Row.All.Where(row => wanted.Exists(one => one == row || one.Base == row)).ToList();
        await new Measurement(routers, rows, parsed.GetValue(seconds)).RunAsync(parsed.GetValue(warm), parsed.GetValue(rounds));
    }
    finally
    {
        routers.ForEach(static router => router.Dispose());
        File.Delete(configuration);
    }
});
return await root.Parse(args).InvokeAsync();
