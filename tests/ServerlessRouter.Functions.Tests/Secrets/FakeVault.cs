using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerlessRouter.Functions.Secrets;

namespace ServerlessRouter.Functions.Tests.Secrets;

/// <summary>A key vault on a real TLS socket: challenges callers without a token, then answers with its secrets or with a status a test sets.</summary>
internal sealed class FakeVault : IAsyncDisposable
{
    private const string Token = "a-token-of-the-identity";

    private readonly WebApplication _server;
    private readonly HttpClientHandler _trusting = new() { ServerCertificateCustomValidationCallback = static (_, _, _, _) => true };
    private Uri _address = null!;
    private int _reads;

    private FakeVault(WebApplication server) => _server = server;

    /// <summary>Its secrets by name.</summary>
    public ConcurrentDictionary<string, string> Secrets { get; } = new();

    /// <summary>Answers every read with this status instead; null: with the secret.</summary>
    public int? Refusal { get; set; }

    /// <summary>Reads by callers it knows.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public static async Task<FakeVault> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var certificate = SelfSigned();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, socket => socket.UseHttps(certificate)));
        builder.Services.AddRoutingCore();
        var server = builder.Build();
        var vault = new FakeVault(server);
        server.MapGet("secrets/{name}/{version?}", vault.AnswerAsync);
        await server.StartAsync();
        vault._address = new Uri(server.Urls.Single());
        return vault;
    }

    /// <summary>A client as the app opens one, but for what it trusts and who it is.</summary>
    public SecretClient Open()
    {
        var options = KeyVaultConnection.Options();
        options.Transport = new HttpClientTransport(_trusting);
        options.DisableChallengeResourceVerification = true;
        options.Retry.MaxRetries = 0;
        return new SecretClient(_address, DelegatedTokenCredential.Create(static (_, _) => new AccessToken(Token, DateTimeOffset.MaxValue)), options);
    }

    /// <summary>From now on the address refuses connections.</summary>
    public Task StopAsync() => _server.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _trusting.Dispose();
    }

    private Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Headers.Authorization != $"Bearer {Token}")
        {
            http.Response.Headers.WWWAuthenticate = "Bearer authorization=\"https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47\", resource=\"https://vault.azure.net\"";
            return RefuseAsync(http, StatusCodes.Status401Unauthorized);
        }

        Interlocked.Increment(ref _reads);
        if (Refusal is { } refusal)
            return RefuseAsync(http, refusal);
        var name = (string)http.Request.RouteValues["name"]!;
        if (!Secrets.TryGetValue(name, out var secret))
            return RefuseAsync(http, StatusCodes.Status404NotFound);
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(new JsonObject { ["value"] = secret, ["id"] = new Uri(_address, $"secrets/{name}/1").ToString(), ["attributes"] = new JsonObject { ["enabled"] = true } }.ToJsonString());
    }

    private static Task RefuseAsync(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("""{"error":{"code":"Refused","message":"Refused."}}""");
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
