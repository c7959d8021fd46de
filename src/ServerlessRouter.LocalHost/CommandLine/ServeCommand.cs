using System.CommandLine;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>serve</c>: runs the router until it is stopped.</summary>
internal static class ServeCommand
{
    private static readonly Option<FileInfo> Configuration = new("--config") { Description = "Your router.json; left out: what is kept in --data, else simulated models, and nothing leaves this machine." };

    private static readonly Option<DirectoryInfo> Data = new("--data")
    {
        Description = "A folder to keep state in, for one process at a time; left out: state is in memory and gone with the process.",
    };

    private static readonly Option<string> AdminKey = new("--admin-key")
    {
        Description = "Where the key of /v1/admin is: env:NAME or sha256:HEX, never the key; left out: nobody may administer over HTTP.",
    };

    private static readonly Option<DirectoryInfo> Queue = new("--queue")
    {
        Description = "A folder whose .json files are messages that begin batches (docs/queue.md); needs --data.",
    };

    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Addresses to listen on, separated by ';'. Anything but loopback needs keys in the configuration.",
        DefaultValueFactory = _ => LocalRouterOptions.DefaultUrl,
    };

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
        command.Add(Queue);
        command.Add(Urls);
        command.Add(Level);
        command.SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new LocalRouterOptions
        {
            ConfigurationPath = parsed.GetValue(Configuration)?.FullName,
            DataPath = parsed.GetValue(Data)?.FullName,
            AdminKey = parsed.GetValue(AdminKey),
            QueuePath = parsed.GetValue(Queue)?.FullName,
            Urls = parsed.GetRequiredValue(Urls),
            LogLevel = parsed.GetValue(Level),
        };
        try
        {
            await using var router = await LocalRouter.StartAsync(options, cancellationToken);
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
}
