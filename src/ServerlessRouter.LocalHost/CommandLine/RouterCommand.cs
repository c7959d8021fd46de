using System.CommandLine;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary>The command line of the router on one machine; without a subcommand it serves.</summary>
internal static class RouterCommand
{
    public static RootCommand Create()
    {
        var root = new RootCommand("An LLM router that a team owns: one OpenAI-compatible URL in front of every model.");
        ServeCommand.AddTo(root);
        root.Add(ServeCommand.Create());
        root.Add(ValidateCommand.Create());
        root.Add(RouteCommand.Create());
        root.Add(CatalogueCommands.Create());
        root.Add(InitCommand.Create(Environment.GetEnvironmentVariable));
        root.Add(DoctorCommand.Create(Environment.GetEnvironmentVariable));
        root.Add(ImportCommand.Create(Environment.GetEnvironmentVariable));
        root.Add(HealthCommand.Create(Environment.GetEnvironmentVariable));
        root.Add(KeysCommand.Create(Environment.GetEnvironmentVariable));
        root.Add(AuditCommand.CreateTiers(Environment.GetEnvironmentVariable));
        root.Add(AuditCommand.Create(Environment.GetEnvironmentVariable));
        root.Add(AlertsCommand.Create(Environment.GetEnvironmentVariable));
        root.Add(UsageCommand.Create(Environment.GetEnvironmentVariable, TimeProvider.System));
        root.Add(ConfigCommand.Create(Environment.GetEnvironmentVariable));
        root.Add(TrainingCommands.CreateTrain());
        root.Add(TrainingCommands.CreateEvaluate());
        root.Add(TrainingCommands.CreatePredict());
        return root;
    }
}
