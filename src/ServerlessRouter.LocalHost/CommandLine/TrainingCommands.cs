using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.Training;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>train</c>, <c>evaluate</c> and <c>predict</c>: a team's own classifier from its own rows.</summary>
internal static class TrainingCommands
{
    public static Command CreateTrain()
    {
        var rows = new RowsOptions();
        var output = new Option<FileInfo>("--out") { Description = "Where the weights go.", Required = true };
        var embeddings = new Option<FileInfo>("--embeddings") { Description = "With --labels that name tasks: a configuration whose classification.embeddings makes vectors of the rows, to learn from those." };
        var command = new Command("train", "Learn weights from labelled rows (.jsonl or .jsonl.gz) and report how they do on rows held out.") { output, embeddings };
        rows.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(embeddings) is not null && !rows.AreLabels(result))
                result.AddError("--embeddings goes with --labels only.");
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new TrainOptions
            {
                Kind = rows.KindOf(parsed),
                InputPath = rows.PathOf(parsed),
                OutputPath = parsed.GetRequiredValue(output).FullName,
                TasksPath = rows.TasksPathOf(parsed),
            };
            return parsed.GetValue(embeddings) is { } configuration
                ? TrainOnVectorsAsync(options, configuration.FullName, parsed.InvocationConfiguration, cancellationToken)
                : Task.FromResult(TrainCommand.Run(options, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        });
        return command;
    }

    private static async Task<int> TrainOnVectorsAsync(TrainOptions options, string configuration, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        try
        {
            var loaded = await ConfigurationText.LoadAsync(configuration, cancellationToken);
            if (loaded.Model is not { } router)
                throw new StartRefusedException(ConfigurationText.Describe(configuration, loaded));
            await using var services = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(router) });
            return await EmbeddingTrainCommand.RunAsync(options, router, services.Embeddings, console.Output, console.Error, TimeProvider.System, cancellationToken);
        }
        catch (StartRefusedException refused)
        {
            await console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
    }

    public static Command CreateEvaluate()
    {
        var rows = new RowsOptions();
        var weights = new Option<FileInfo>("--weights") { Description = "Judge these weights on rows they were not trained on; left out, every row is judged by weights trained on the others." };
        var folds = new Option<int>("--folds") { Description = "Into how many parts the rows are left out.", DefaultValueFactory = _ => EvaluateOptions.DefaultFolds };
        var seed = new Option<int>("--seed") { Description = "Seed of the parts.", DefaultValueFactory = _ => EvaluateOptions.DefaultSeed };
        var json = new Option<bool>("--json") { Description = "Print JSON for programs." };
        var command = new Command("evaluate", "Measure weights on rows they have not seen, beside luck, text length and an oracle.") { weights, folds, seed, json };
        rows.AddTo(command);
        folds.Validators.Add(result =>
        {
            if (Given(result) is < EvaluateOptions.MinFolds or > EvaluateOptions.MaxFolds)
                result.AddError($"--folds must be from {EvaluateOptions.MinFolds} to {EvaluateOptions.MaxFolds}.");
        });
        seed.Validators.Add(result =>
        {
            if (Given(result) < 0)
                result.AddError("--seed must be 0 or more.");
        });
        command.SetAction(parsed => EvaluateCommand.Run(
            new EvaluateOptions
            {
                Kind = rows.KindOf(parsed),
                InputPath = rows.PathOf(parsed),
                WeightsPath = parsed.GetValue(weights)?.FullName,
                TasksPath = rows.TasksPathOf(parsed),
                Folds = parsed.GetValue(folds),
                Seed = parsed.GetValue(seed),
                Format = parsed.GetValue(json) ? EvaluationFormat.Json : EvaluationFormat.Table,
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    public static Command CreatePredict()
    {
        var weights = new Option<FileInfo>("--weights") { Description = "Weights made by train; the shipped task weights when left out." };
        var command = new Command("predict", "Read JSON lines {\"id\", \"prompt\", \"response\"?} and write what the weights say of each.") { weights };
        command.SetAction(parsed => PredictCommand.Run(
            new PredictOptions { WeightsPath = parsed.GetValue(weights)?.FullName },
            Console.OpenStandardInput(),
            Console.OpenStandardOutput(),
            parsed.InvocationConfiguration.Error,
            TimeProvider.System));
        return command;
    }

    /// <summary>What stands behind an option; null where that is no number, which is told elsewhere, or where nothing does.</summary>
    private static int? Given(OptionResult result) => result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) ? number : null;
}
