using System.CommandLine;
using System.Net;
using System.Net.Security;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>health</c>: whether the router of this machine answers; for health checks of containers, whose images have no other client.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static Command Create(Func<string, string?> variable)
    {
        var url = new Option<string>("--url") { Description = "Where the router listens; left out: what ASPNETCORE_URLS or ASPNETCORE_HTTP_PORTS say, else " + LocalRouterOptions.DefaultUrl + "." };
        var command = new Command("health", "Ask the router that runs here whether it is up; exit code 0 when it is.") { url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var console = parsed.InvocationConfiguration;
            if (Address(parsed.GetValue(url), variable) is not { } address)
            {
                await console.Error.WriteLineAsync("--url is no http address.");
                return 1;
            }

            if (await FaultAsync(new Uri(address, "healthz"), cancellationToken) is { } fault)
            {
                await console.Error.WriteLineAsync($"{address}: {fault}");
                return 1;
            }

            await console.Output.WriteLineAsync($"{address}: up");
            return 0;
        });
        return command;
    }

    /// <summary>The first address listened on, as it is reached from here; null where it cannot be told.</summary>
    internal static Uri? Address(string? given, Func<string, string?> variable)
    {
        var first = ListenUrls.Of(given, hasCertificate: false, variable).Text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
        var named = first?.Replace("://*", "://127.0.0.1", StringComparison.Ordinal).Replace("://+", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal).Replace("://[::]", "://[::1]", StringComparison.Ordinal);
        return Uri.TryCreate(named, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
    }

    private static async Task<string?> FaultAsync(Uri address, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience };
        // Its own certificate names the host it serves under, which this machine's loopback address is not.
        if (address.IsLoopback)
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null };
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var response = await client.GetAsync(address, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK ? null : $"answers {(int)response.StatusCode}";
        }
        catch (HttpRequestException unreachable)
        {
            return unreachable.Message;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Patience.TotalSeconds} s";
        }
    }
}
