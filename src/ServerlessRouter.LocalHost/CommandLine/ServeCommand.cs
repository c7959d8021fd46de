using System.CommandLine;
using ServerlessRouter.Keys;
using ServerlessRouter.LocalHost.Logs;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.LocalHost.Telemetry;
using ServerlessRouter.LocalHost.Tls;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>serve</c>: runs the router until it is stopped.</summary>
internal static class ServeCommand
{
    /// <summary>Names the configuration.</summary>
    public const string ConfigurationOption = "--config";

    private static readonly Option<FileInfo> Configuration = new(ConfigurationOption)
    {
        Description = "Your configuration; left out: router.json in the current folder (with --data and --admin-key together it must be named, or put into the store by config put), else what is kept in --data, else the vendors whose keys are in the environment, else simulated models, and nothing leaves this machine.",
    };

    private static readonly Option<DirectoryInfo> Data = new("--data")
    {
        Description = "A folder to keep state in, for one process at a time; left out: state is in memory and gone with the process.",
    };

    private static readonly Option<string> AdminKey = new("--admin-key")
    {
        Description = "Where the key of /v1/admin is: env:NAME or sha256:HEX, never the key; left out: the router cannot be administered over HTTP.",
    };

    private static readonly Option<string> Pepper = new("--pepper")
    {
        Description = "Where the secret is under which issued keys are kept: env:NAME, never the secret; left out: one is drawn at random and kept in --data.",
    };

    private static readonly Option<string> PreviousPepper = new("--previous-pepper")
    {
        Description = "Where the pepper before is: env:NAME. Keys that were issued under it are accepted, and kept under the new one once they are used.",
    };

    private static readonly Option<DirectoryInfo> Queue = new("--queue")
    {
        Description = "A folder whose .json files are messages that begin batches (docs/queue.md); needs --data.",
    };

    private static readonly Option<string> Urls = new(ListenUrls.Option)
    {
        Description = $"Addresses to listen on, separated by ';'; left out: ASPNETCORE_URLS or ASPNETCORE_HTTP_PORTS, else {LocalRouterOptions.DefaultUrl}. Anything but loopback needs keys in the configuration.",
    };

    private static readonly Option<FileInfo> Certificate = new("--certificate")
    {
        Description = "The certificate of https:// addresses, read again when it changes: a PEM file with those above it, or a PFX file (docs/tls.md).",
    };

    private static readonly Option<FileInfo> CertificateKey = new("--certificate-key") { Description = "A PEM file with the certificate's private key, where that is not in the same file." };

    private static readonly Option<string> CertificatePassword = new("--certificate-password")
    {
        Description = "Where the password of the PFX file or of the encrypted key is: env:NAME, never the password.",
    };

    private static readonly Option<bool> Demo = new("--demo")
    {
        Description = "Look around: simulated vendors, a simulated day of traffic that has passed, and more that goes on, at /dashboard; with --data it is kept. On this machine alone.",
    };

    private static readonly Option<bool> Access = new("--access-log") { Description = "Print one line for each request: method, path, status, route, model, attempts, milliseconds, tokens, cost." };

    private static readonly Option<MetricsMode> Metrics = new("--metrics")
    {
        Description = "GET /metrics for Prometheus: auto counts from the first look at it, on from the start, off has no such page. Where other machines reach the router it asks for the admin key (docs/observability.md).",
    };

    private static readonly Option<LogFormat> Format = new("--log-format") { Description = "How log entries are printed: plain, a line for people, or json, an object on a line." };

    private static readonly Option<LogLevel> Level = new("--log-level")
    {
        Description = "The least severe log entries to print.",
        DefaultValueFactory = _ => LogLevel.Warning,
    };

    public static Command Create()
    {
        var command = new Command("serve", "Serve requests until stopped (the default).");
        AddTo(command);
        return command;
    }

    /// <summary>Makes a command serve.</summary>
    public static void AddTo(Command command)
    {
        command.Add(Configuration);
        command.Add(Data);
        command.Add(AdminKey);
        command.Add(Pepper);
        command.Add(PreviousPepper);
        command.Add(Queue);
        command.Add(Urls);
        command.Add(Certificate);
        command.Add(CertificateKey);
        command.Add(CertificatePassword);
        command.Add(Level);
        command.Add(Access);
        command.Add(Demo);
        command.Add(Format);
        command.Add(Metrics);
        command.SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            var options = OptionsOf(parsed);
            if (options is { ConfigurationPath: null, IsDemo: false })
                options = options with { Environment = await EnvironmentConfiguration.FindAsync(Environment.GetEnvironmentVariable, new ModelServers(), options.Urls, cancellationToken) };
            await using var router = await LocalRouter.StartAsync(options, cancellationToken);
            foreach (var warning in router.Warnings)
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"warning: {warning}");
            StartupBanner.Write(parsed.InvocationConfiguration.Output, router, options);
            await router.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (StartRefusedException refused)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(refused.Message);
            return 1;
        }
    }

    private static LocalRouterOptions OptionsOf(ParseResult parsed)
    {
        var certificate = CertificateOf(parsed);
        var urls = ListenUrls.Of(parsed.GetValue(Urls), certificate is not null, Environment.GetEnvironmentVariable);
        var data = parsed.GetValue(Data)?.FullName;
        var adminKey = parsed.GetValue(AdminKey);
        var named = parsed.GetValue(Configuration);
        return new LocalRouterOptions
        {
            // What an admin puts over HTTP is kept in the folder, and a file that happens to lie about must not take its place.
            ConfigurationPath = (data is not null && adminKey is not null) || parsed.GetValue(Demo) ? named?.FullName : ConfigurationText.FindPath(named),
            DataPath = data,
            AdminKey = adminKey,
            Keys = new IssuedKeyOptions { Pepper = parsed.GetValue(Pepper), PreviousPepper = parsed.GetValue(PreviousPepper), Secrets = ConfigurationText.SecretResolvers },
            QueuePath = parsed.GetValue(Queue)?.FullName,
            Urls = urls.Text,
            UrlsSource = urls.Source,
            Certificate = certificate,
            LogLevel = parsed.GetValue(Level),
            LogsAccess = parsed.GetValue(Access),
            IsDemo = parsed.GetValue(Demo),
            LogFormat = parsed.GetValue(Format),
            Metrics = parsed.GetValue(Metrics),
        };
    }

    private static CertificateOptions? CertificateOf(ParseResult parsed)
    {
        if (parsed.GetValue(Certificate) is { } file)
            return new CertificateOptions { Path = file.FullName, KeyPath = parsed.GetValue(CertificateKey)?.FullName, Password = parsed.GetValue(CertificatePassword) };
        return parsed.GetValue(CertificateKey) is null && parsed.GetValue(CertificatePassword) is null
            ? null
            : throw new StartRefusedException("--certificate-key and --certificate-password go with --certificate FILE, which is missing.");
    }
}
