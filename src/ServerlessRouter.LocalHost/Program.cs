using ServerlessRouter.LocalHost;
using ServerlessRouter.LocalHost.CommandLine;

SocketCompletions.RunInline();
return await RouterCommand.Create().Parse(args).InvokeAsync();
