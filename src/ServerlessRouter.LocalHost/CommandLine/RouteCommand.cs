using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>route</c>: what the router would do with a prompt, and why; no model is called.</summary>
internal static class RouteCommand
{
    private const string UsualRoute = "auto";

    public static Command Create()
    {
        var prompt = new Argument<string>("PROMPT") { Description = "The user's message." };
        var configuration = new Option<FileInfo>(ServeCommand.ConfigurationOption) { Description = "The configuration; left out: router.json in the current folder, else what the environment says, else the built-in one." };
        var model = new Option<string>("--model") { Description = "The route or model to ask for; left out: the route auto, else the first." };
        var key = new Option<string>("--key") { Description = "Whose request it is: a name under 'keys'. Needed where several keys may call." };
        var json = new Option<bool>("--json") { Description = "Print JSON for programs." };
        var command = new Command("route", "Show the plan for a prompt: profile, candidates, exclusions.") { prompt, configuration, model, key, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var question = new Question(parsed.GetRequiredValue(prompt), parsed.GetValue(model), parsed.GetValue(key));
                return await RunAsync(parsed, ConfigurationText.FindPath(parsed.GetValue(configuration)), question, parsed.GetValue(json), cancellationToken);
            }
            catch (StartRefusedException refused)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refused.Message);
                return 1;
            }
        });
        return command;
    }

    private sealed record Question(string Prompt, string? Model, string? Key);

    private static async Task<int> RunAsync(ParseResult parsed, string? path, Question question, bool asJson, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var loaded = await ConfigurationText.LoadAsync(path, Environment.GetEnvironmentVariable, cancellationToken);
        if (loaded.Model is not { } router)
        {
            await error.WriteLineAsync(ConfigurationText.Describe(path, loaded));
            return 1;
        }

        if (Caller(router, question.Key, out var caller) is { } unknown)
        {
            await error.WriteLineAsync(unknown);
            return 1;
        }

        await using var services = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(router) });
        using var request = Request(question.Model is { Length: > 0 } named ? named : Usual(router), question.Prompt);
        var context = new RequestContext("route", router, request, NoHeaders.Instance, TimeProvider.System.GetTimestamp()) { IsExplained = true, Recalled = caller };
        if (await services.Pipeline.PlanAsync(context, cancellationToken) is { } problem)
        {
            await error.WriteLineAsync(problem.Message);
            return 1;
        }

        await output.WriteLineAsync(asJson ? Json(context) : PlanTable.Of(context, path ?? "from the environment, or built in; bring your own with --config router.json"));
        return 0;
    }

    private static string Usual(RouterModel router) => router.Targets.ContainsKey(UsualRoute) ? UsualRoute : (router.Routes.FirstOrDefault()?.Name ?? router.Models[0].Name);

    // A reader of the configuration may ask as any of its keys; which one matters, because tiers differ.
    private static string? Caller(RouterModel router, string? key, out RecalledCaller caller)
    {
        var names = router.CallersByKeyHash.Values.Select(static known => known.Name).Order(StringComparer.Ordinal).ToList();
        caller = new RecalledCaller(key ?? (names.Count == 1 ? names[0] : null));
        if (names.Count == 0 || (caller.Name is { } name && names.Contains(name)))
            return null;
        var listed = string.Join(", ", names);
        return key is null ? $"Several keys may call; say with --key whose request it is: {listed}." : $"--key: there is no key '{key}' in the configuration. There are: {listed}.";
    }

    private static ChatRequest Request(string model, string prompt)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("model", model);
            writer.WriteStartArray("messages");
            writer.WriteStartObject();
            writer.WriteString("role", "user");
            writer.WriteString("content", prompt);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        var pooled = ArrayPool<byte>.Shared.Rent(body.WrittenCount);
        body.WrittenSpan.CopyTo(pooled);
        return ChatRequestScanner.TryScan(pooled, body.WrittenCount, out var request, out var error) ? request : throw new InvalidOperationException(error.Message);
    }

    private static string Json(RequestContext context)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
            RouteExplanation.Write(writer, context, TimeProvider.System);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
