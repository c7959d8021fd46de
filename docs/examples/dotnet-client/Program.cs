using Azure.Core;
using DotnetClient;

if (args is not [var address, ..] || !Uri.TryCreate(address, UriKind.Absolute, out var router) || Environment.GetEnvironmentVariable("ROUTER_KEY") is not { Length: > 0 } key)
{
    await Console.Error.WriteLineAsync("Usage: ROUTER_KEY=… dotnet run --project docs/examples/dotnet-client -- http://127.0.0.1:8080/");
    return 2;
}

Console.WriteLine("By key");
await new Calls(RouterClients.ByKey(router, key)).MakeAllAsync();

Console.WriteLine("By credential");
TokenCredential credential = new RouterKeyCredential(key);
await new Calls(await RouterClients.ByCredentialAsync(router, credential)).MakeAllAsync();
return 0;
