using ServerlessRouter.LocalHost.CommandLine;
using ServerlessRouter.LocalHost.Tuning;

SocketCompletions.RunInline();
var parsed = RouterCommand.Create().Parse(args);
if (CommandLineFaults.Of(parsed) is { Count: > 0 } faults)
{
    foreach (var fault in faults)
        await Console.Error.WriteLineAsync(fault);
    return 1;
}

return await parsed.InvokeAsync();
