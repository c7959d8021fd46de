using ServerlessRouter.LocalHost.CommandLine;

return await RouterCommand.Create().Parse(args).InvokeAsync();
