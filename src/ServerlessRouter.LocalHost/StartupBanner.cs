using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.LocalHost.Demo;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.LocalHost.Telemetry;

namespace ServerlessRouter.LocalHost;

/// <summary>The few lines a person reads at start: what is served, from which configuration, and what to try.</summary>
internal static class StartupBanner
{
    /// <summary>Variables of the vendors that most have a key of.</summary>
    public const string KeyExamples = "OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, GROQ_API_KEY and others: docs/vendors.md";

    public static void Write(TextWriter output, LocalRouter router, LocalRouterOptions options)
    {
        var model = router.Model;
        var address = router.Address.ToString().TrimEnd('/');
        var local = model.Providers.All(static provider => provider.Kind.Access is null) ? $" ({Names(model.Providers.Select(static provider => provider.Kind.Name).Distinct())}: nothing leaves this machine)" : "";
        var target = model.Routes.FirstOrDefault()?.Name ?? model.Models[0].Name;
        output.WriteLine($"Routes  {Names(model.Routes.Select(static route => route.Name))}");
        output.WriteLine($"Models  {Names(model.Models.Select(static known => known.Name))}{local}");
        WriteFound(output, model, options);
        if (!options.IsDemo && !model.HasKeys && Environment.GetEnvironmentVariable(EnvironmentConfiguration.KeyVariable) is { Length: > 0 })
            output.WriteLine($"Note    {EnvironmentConfiguration.KeyVariable} is not used, because the configuration has no key that names it: add {EnvironmentConfiguration.KeyMember}");
        output.WriteLine($"Config  {Source(model, options)}, version {model.Version}");
        if (options.ConfigurationPath is null && File.Exists(ConfigurationText.DefaultName))
            output.WriteLine($"Note    {ConfigurationText.DefaultName} in this folder is not used: with --data and --admin-key the configuration that the admin keeps decides; use the file with --config {ConfigurationText.DefaultName}");
        output.WriteLine($"Data    {options.DataPath ?? "in memory: breakers, files, batches and jobs are gone with this run; keep them with --data FOLDER"}");
        if (options.QueuePath is { } queue)
            output.WriteLine($"Queue   {queue}: every .json file in it begins a batch");
        WriteTelemetry(output, router.Settings);
        output.WriteLine($"Listening on {address}");
        if (model.HasDashboard)
            output.WriteLine($"Dashboard {address}/dashboard{(options is { IsDemo: true, AdminKey: null } ? ", open to this machine" : "")}");
        if (router.DemoRequests is { } passed)
            output.WriteLine($"Demo    a day with {passed} requests has passed, and more come");
        WriteExamples(output, address, target, !model.HasKeys ? null : options.IsDemo ? DemoConfiguration.KeyOf(DemoConfiguration.Callers[0]) : "YOUR_KEY");
        output.Flush();
    }

    /// <summary>What the environment told of, as long as that is what the router runs on.</summary>
    private static void WriteFound(TextWriter output, RouterModel model, LocalRouterOptions options)
    {
        if (options.Environment is not { } environment || !(IsFromEnvironment(model, options) || IsBuiltIn(model)))
            return;
        if (IsBuiltIn(model) || environment.IsSimulated)
            output.WriteLine($"Found   no vendor; set a key ({KeyExamples})");
        else
            output.WriteLine($"Found   {Names(environment.Vendors)}");
        foreach (var note in environment.Notes)
            output.WriteLine($"Note    {note}");
    }

    private static void WriteTelemetry(TextWriter output, IConfiguration settings)
    {
        if (!OtlpExport.IsWanted(settings))
            return;
        output.WriteLine(OtlpExport.FindProblem(settings) is { } problem ? $"Note    {problem}" : $"Sends   spans, metrics and logs by {OtlpExport.Describe(settings)}");
    }

    private static void WriteExamples(TextWriter output, string address, string target, string? callersKey)
    {
        var key = callersKey is null ? "" : $" -H 'authorization: Bearer {callersKey}'";
        output.WriteLine("Try");
        output.WriteLine(
            $$"""  curl {{address}}/v1/chat/completions{{key}} -H 'content-type: application/json' -d '{"model":"{{target}}","messages":[{"role":"user","content":"Hello"}]}'""");
        output.WriteLine("Claude Code");
        output.WriteLine($"  ANTHROPIC_BASE_URL={address} ANTHROPIC_AUTH_TOKEN={callersKey ?? "any"} ANTHROPIC_MODEL={target} ANTHROPIC_DEFAULT_HAIKU_MODEL={target} claude");
        output.WriteLine("Codex");
        output.WriteLine($$"""  ROUTER_KEY={{callersKey ?? "any"}} codex -m {{target}} -c model_provider=router -c 'model_providers.router={name="router",base_url="{{address}}/v1",wire_api="responses",env_key="ROUTER_KEY"}'""");
    }

    private static string Source(RouterModel model, LocalRouterOptions options) => options.IsDemo ? "the demonstration's" : (options.ConfigurationPath, options.DataPath) switch
    {
        ({ } file, _) => file,
        _ when IsFromEnvironment(model, options) => options.Environment!.IsSimulated
            ? $"built in, for callers with the key in {EnvironmentConfiguration.KeyVariable}; bring your own with --config router.json"
            : "from the environment; write it down with: serverless-router init",
        (null, { } folder) when !IsBuiltIn(model) => $"kept in {folder}",
        _ => "built in; bring your own with --config router.json",
    };

    private static bool IsFromEnvironment(RouterModel model, LocalRouterOptions options) =>
        options is { ConfigurationPath: null, Environment.Text: { } text } && model.Version == RouterConfigLoader.VersionOf(text.Span);

    private static bool IsBuiltIn(RouterModel model) => model.Version == RouterConfigLoader.VersionOf(BuiltInConfiguration.Read().Span);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } listed ? listed : "none";
}
