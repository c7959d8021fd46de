using System.CommandLine;
using System.CommandLine.Parsing;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary>The options that name a file of rows and say what the rows hold.</summary>
internal sealed class RowsOptions
{
    private readonly Option<FileInfo> _labels = new("--labels") { Description = "Rows {\"text\", \"label\", \"source\"?}; the label 'oos' marks examples out of scope." };
    private readonly Option<FileInfo> _outcomes = new("--outcomes") { Description = "Rows {\"id\", \"prompt\", \"quality\": {model: 0..1}, \"task\"?, \"cost_usd\": {model: USD}?}." };
    private readonly Option<FileInfo> _answers = new("--answers") { Description = "Rows {\"id\", \"prompt\", \"response\", \"correct\": 0|1}." };
    private readonly Option<FileInfo> _tasks = new("--tasks") { Description = "Label weights that tell the task of rows without one; with --outcomes." };

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _labels, _outcomes, _answers, _tasks })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (new[] { _labels, _outcomes, _answers }.Count(option => result.GetResult(option) is not null) != 1)
                result.AddError("Give exactly one of --labels, --outcomes and --answers.");
            else if (result.GetResult(_tasks) is not null && result.GetResult(_outcomes) is null)
                result.AddError("--tasks goes with --outcomes only.");
        });
    }

    public bool AreLabels(SymbolResult result) => result.GetResult(_labels) is not null;

    public TrainingKind KindOf(ParseResult parsed) => parsed switch
    {
        _ when parsed.GetValue(_labels) is not null => TrainingKind.Labels,
        _ when parsed.GetValue(_outcomes) is not null => TrainingKind.Outcomes,
        _ => TrainingKind.Answers,
    };

    public string PathOf(ParseResult parsed) =>
        (parsed.GetValue(_labels) ?? parsed.GetValue(_outcomes) ?? parsed.GetRequiredValue(_answers)).FullName;

    public string? TasksPathOf(ParseResult parsed) => parsed.GetValue(_tasks)?.FullName;
}
