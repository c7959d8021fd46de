using System.CommandLine;
using ServerlessRouter.Classification.Learning;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>train</c> and <c>predict</c>: a team's own classifier from its own rows.</summary>
internal static class TrainingCommands
{
    public static Command CreateTrain()
    {
        var labels = new Option<FileInfo>("--labels") { Description = "Rows {\"text\", \"label\"}; the label 'oos' marks examples out of scope." };
        var outcomes = new Option<FileInfo>("--outcomes") { Description = "Rows {\"id\", \"prompt\", \"quality\": {model: 0..1}, \"task\"?}." };
        var answers = new Option<FileInfo>("--answers") { Description = "Rows {\"id\", \"prompt\", \"response\", \"correct\": 0|1}." };
        var tasks = new Option<FileInfo>("--tasks") { Description = "Label weights that tell the task of rows without one; with --outcomes." };
        var output = new Option<FileInfo>("--out") { Description = "Where the weights go.", Required = true };
        var command = new Command("train", "Learn weights from labelled rows (.jsonl or .jsonl.gz).") { labels, outcomes, answers, tasks, output };
        command.Validators.Add(result =>
        {
            if (new[] { labels, outcomes, answers }.Count(option => result.GetResult(option) is not null) != 1)
                result.AddError("Give exactly one of --labels, --outcomes and --answers.");
        });
        command.SetAction(parsed =>
        {
            var (kind, input) = parsed switch
            {
                _ when parsed.GetValue(labels) is { } file => (TrainingKind.Labels, file),
                _ when parsed.GetValue(outcomes) is { } file => (TrainingKind.Outcomes, file),
                _ => (TrainingKind.Answers, parsed.GetRequiredValue(answers)),
            };
            var options = new TrainOptions
            {
                Kind = kind,
                InputPath = input.FullName,
                OutputPath = parsed.GetRequiredValue(output).FullName,
                TasksPath = parsed.GetValue(tasks)?.FullName,
            };
            return TrainCommand.Run(options, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        });
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
}
