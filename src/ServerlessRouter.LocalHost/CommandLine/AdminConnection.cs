using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.State.Sqlite;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary>The options by which a command finds the router it administers, running elsewhere or asleep in a folder, and the calls to it.</summary>
internal sealed class AdminConnection(Func<string, string?> variable)
{
    /// <summary>Where the admin key is, unless something else is said.</summary>
    public const string DefaultKey = "env:ROUTER_ADMIN_KEY";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<string> _url = new("--url") { Description = $"Where the router runs; left out, without --data: what ASPNETCORE_URLS or ASPNETCORE_HTTP_PORTS say, else {LocalRouterOptions.DefaultUrl}." };
    private readonly Option<DirectoryInfo> _data = new("--data") { Description = "The folder of a router that does not run at present; needs no admin key." };
    private readonly Option<string> _key = new("--admin-key") { Description = $"Where the admin key is: env:NAME, never the key; left out: {DefaultKey}." };
    private readonly Option<string> _reason = new("--reason") { Description = "Why, for the audit log." };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON for programs." };

    /// <summary>Lets a command be told which router it is about.</summary>
    public Command On(Command command, bool changes = false)
    {
        foreach (var option in new Option[] { _url, _data, _key, _json })
            command.Add(option);
        if (changes)
            command.Add(_reason);
        return command;
    }

    /// <summary>JSON as people read it.</summary>
    public static string Indent(JsonNode node) => node.ToJsonString(Indented);

    public bool WantsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Asks, and prints the answer as JSON or as a person reads it; 1 where the router refuses.</summary>
    public async Task<int> RunAsync(ParseResult parsed, AdminCall call, Func<JsonNode, string> describe, CancellationToken cancellationToken)
    {
        var console = parsed.InvocationConfiguration;
        var (answer, fault) = await AskAsync(parsed, call, cancellationToken);
        if (answer is null)
        {
            await console.Error.WriteLineAsync(fault);
            return 1;
        }

        await console.Output.WriteLineAsync(WantsJson(parsed) ? answer.ToJsonString(Indented) : describe(answer));
        return 0;
    }

    /// <summary>The answer, or why there is none.</summary>
    public async Task<(JsonNode? Answer, string? Fault)> AskAsync(ParseResult parsed, AdminCall call, CancellationToken cancellationToken)
    {
        try
        {
            if (parsed.GetValue(_data) is not { } folder)
                return await AskRunningAsync(parsed, call, cancellationToken);
            if (parsed.GetValue(_url) is not null)
                return (null, "Give --url for a router that runs, or --data for one that does not, and not both.");
            await using var asleep = await SleepingRouter.OpenAsync(folder.FullName, cancellationToken);
            return await AskAsync(asleep.Client, call, parsed.GetValue(_reason), cancellationToken);
        }
        catch (StartRefusedException busy) when (busy.InnerException is StateFolderInUseException)
        {
            return (null, $"The state folder '{parsed.GetValue(_data)}' is in use by another process. Where that is the router, leave out --data, and name the router with --url unless it listens at {LocalRouterOptions.DefaultUrl}.");
        }
        catch (StartRefusedException refused)
        {
            return (null, refused.Message);
        }
        catch (HttpRequestException unreachable)
        {
            return (null, $"The router cannot be reached: {unreachable.Message.TrimEnd('.')}. Name another with --url.");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"The router gave no answer within {Patience.TotalSeconds} s.");
        }
    }

    private async Task<(JsonNode? Answer, string? Fault)> AskRunningAsync(ParseResult parsed, AdminCall call, CancellationToken cancellationToken)
    {
        if (HealthCommand.Address(parsed.GetValue(_url), variable) is not { } address)
            return (null, "--url is no http address.");
        var written = parsed.GetValue(_key) ?? DefaultKey;
        if (!written.StartsWith("env:", StringComparison.Ordinal))
            return (null, "--admin-key says where the key is, and is not the key itself: write env:NAME with the name of an environment variable.");
        var found = await new EnvironmentSecretResolver(variable).ResolveAsync(written["env:".Length..], cancellationToken);
        if (found.Secret is not { } key)
            return (null, $"--admin-key: {found.Problem}.");
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        // Its own certificate names the host it serves under, which this machine's loopback address is not.
        if (address.IsLoopback)
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null };
        using var client = new HttpClient(handler) { BaseAddress = address, Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await AskAsync(client, call, parsed.GetValue(_reason), cancellationToken);
    }

    private static async Task<(JsonNode? Answer, string? Fault)> AskAsync(HttpClient client, AdminCall call, string? reason, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(call.Method, call.Path);
        if (call.Body is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (reason is not null)
            request.Headers.TryAddWithoutValidation("x-router-reason", reason);
        using var response = await client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        JsonNode? answer = null;
        try
        {
            answer = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException)
        {
            // A proxy in between answers in its own words.
        }

        if (response.IsSuccessStatusCode && answer is not null)
            return (answer, null);
        return (null, (string?)answer?["error"]?["message"] ?? $"The router answers {(int)response.StatusCode} and says nothing that can be read. Is {client.BaseAddress} a router?");
    }
}

/// <summary>One call to the admin API.</summary>
internal sealed record AdminCall(HttpMethod Method, string Path, string? Body = null)
{
    public static AdminCall Get(string path) => new(HttpMethod.Get, path);

    public static AdminCall Post(string path, string? body = null) => new(HttpMethod.Post, path, body);
}
