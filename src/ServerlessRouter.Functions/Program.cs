using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessRouter.Functions.Hosting;
using ServerlessRouter.Functions.Http;
using ServerlessRouter.Http;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<ErrorMiddleware>();
builder.Services.Configure<KestrelServerOptions>(static kestrel => ServerLimits.Set(kestrel.Limits));
TelemetryRegistration.Add(builder.Services, builder.Configuration);
await RouterRegistration.AddAsync(builder.Services, builder.Configuration);

var app = builder.Build();
await RouterStart.RunAsync(app.Services);
await app.RunAsync();
