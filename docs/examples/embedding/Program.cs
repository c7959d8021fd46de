using Embedding;
using ServerlessRouter.Configuration;
using ServerlessRouter.Http;
using ServerlessRouter.Http.Hosting;
using ServerlessRouter.Pipeline;

var builder = WebApplication.CreateBuilder(args);

// Models that are simulated, so no key is needed to try it. Callers without a key are served because only this machine can call: without that word they are refused.
var configuration = await RouterConfiguration.ReadAsync(Path.Combine(AppContext.BaseDirectory, "embedding.router.json"), AnonymousCallers.Served);

builder.Services.AddServerlessRouter(configuration, (_, given) => given with
{
    Stages = [new AddedStage(StagePlace.AfterAdmission, new PaymentCardStage())],
});

// The router's own limits of headers, bodies and slow clients.
builder.WebHost.ConfigureKestrel(static kestrel => ServerLimits.Set(kestrel.Limits));

var app = builder.Build();
app.MapGet("/hello", static () => "This endpoint is the application's own.");
app.MapServerlessRouter();
await app.RunAsync();
