using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessRouter.Functions.Hosting;
using ServerlessRouter.Functions.Http;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<ErrorMiddleware>();
// The router reads bodies itself, up to the configured size, and answers a larger one with its own error.
builder.Services.Configure<KestrelServerOptions>(static kestrel => kestrel.Limits.MaxRequestBodySize = null);
TelemetryRegistration.Add(builder.Services, builder.Configuration);
await RouterRegistration.AddAsync(builder.Services, builder.Configuration);

var app = builder.Build();
await RouterStart.RunAsync(app.Services);
await app.RunAsync();
