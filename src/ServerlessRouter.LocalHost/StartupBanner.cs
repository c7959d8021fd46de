using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;

namespace ServerlessRouter.LocalHost;

/// <summary>The few lines a person reads at start: what is served, from which configuration, and what to try.</summary>
internal static class StartupBanner
{
    public static void Write(TextWriter output, LocalRouter router, LocalRouterOptions options)
    {
        var model = router.Model;
        var address = router.Address.ToString().TrimEnd('/');
        var local = model.Providers.All(static provider => provider.Kind.Access is null) ? $" ({Names(model.Providers.Select(static provider => provider.Kind.Name).Distinct())}: nothing leaves this machine)" : "";
        var target = model.Routes.FirstOrDefault()?.Name ?? model.Models[0].Name;
        output.WriteLine($"Routes  {Names(model.Routes.Select(static route => route.Name))}");
        output.WriteLine($"Models  {Names(model.Models.Select(static known => known.Name))}{local}");
        output.WriteLine($"Config  {Source(model, options)}, version {model.Version}");
        if (options.ConfigurationPath is null && File.Exists(ConfigurationText.DefaultName))
            output.WriteLine($"Note    {ConfigurationText.DefaultName} in this folder is not used: with --data and --admin-key the configuration that the admin keeps decides; use the file with --config {ConfigurationText.DefaultName}");
        output.WriteLine($"Data    {options.DataPath ?? "in memory: breakers, files, batches and jobs are gone with this run; keep them with --data FOLDER"}");
        if (options.QueuePath is { } queue)
            output.WriteLine($"Queue   {queue}: every .json file in it begins a batch");
        output.WriteLine($"Listening on {address}");
        output.WriteLine("Try");
        var key = model.CallersByKeyHash.Count > 0 ? " -H 'authorization: Bearer YOUR_KEY'" : "";
        output.WriteLine(
            $$"""  curl {{address}}/v1/chat/completions{{key}} -H 'content-type: application/json' -d '{"model":"{{target}}","messages":[{"role":"user","content":"Hello"}]}'""");
        output.Flush();
    }

    private static string Source(RouterModel model, LocalRouterOptions options) => (options.ConfigurationPath, options.DataPath) switch
    {
        ({ } file, _) => file,
        (null, { } folder) when model.Version != RouterConfigLoader.VersionOf(BuiltInConfiguration.Read().Span) => $"kept in {folder}",
        _ => "built in; bring your own with --config router.json",
    };

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } listed ? listed : "none";
}
