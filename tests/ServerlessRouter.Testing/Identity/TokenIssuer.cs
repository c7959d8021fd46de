using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ServerlessRouter.Testing.Identity;

/// <summary>An OpenID Connect issuer on this machine: tells its metadata and signing keys over HTTP, and signs tokens with RSA.</summary>
public sealed class TokenIssuer : IAsyncDisposable
{
    public const string Audience = "api://the-router";

    private readonly WebApplication _server;
    private readonly TimeProvider _time;
    private int _reads;

    private TokenIssuer(WebApplication server, TimeProvider time) => (_server, _time) = (server, time);

    public string Issuer => _server.Urls.Single();

    /// <summary>What it signs with.</summary>
    public RsaSecurityKey Key { get; } = NewKey("key-1");

    /// <summary>What it publishes.</summary>
    public IReadOnlyList<RsaSecurityKey> Published { get; set; } = [];

    /// <summary>It answers every question with 503.</summary>
    public bool IsDown { get; set; }

    /// <summary>Who it says it is; null for the truth.</summary>
    public string? ClaimedIssuer { get; set; }

    /// <summary>How often its metadata was asked for.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public static RsaSecurityKey NewKey(string? id) => new(RSA.Create(2048)) { KeyId = id };

    public static async Task<TokenIssuer> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var server = builder.Build();
        var issuer = new TokenIssuer(server, time);
        issuer.Published = [issuer.Key];
        server.UseRouting();
        server.MapGet("/.well-known/openid-configuration", issuer.DescribeAsync);
        server.MapGet("/keys", http => issuer.TellAsync(http, issuer.KeysDocument()));
        await server.StartAsync();
        return issuer;
    }

    /// <summary>A token that is good for an hour, for an application, unless it is changed.</summary>
    public string Token(string[]? roles = null, SecurityKey? key = null, Action<SecurityTokenDescriptor>? change = null)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            NotBefore = now.AddMinutes(-5),
            Expires = now.AddHours(1),
            Claims = new Dictionary<string, object> { ["azp"] = "app-1", ["oid"] = "person-1", ["roles"] = roles ?? ["Router.Pro"] },
            SigningCredentials = new SigningCredentials(key ?? Key, SecurityAlgorithms.RsaSha256),
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Key.Rsa.Dispose();
    }

    private Task DescribeAsync(HttpContext http)
    {
        Interlocked.Increment(ref _reads);
        return TellAsync(http, $$"""{"issuer":"{{ClaimedIssuer ?? Issuer}}","jwks_uri":"{{Issuer}}/keys"}""");
    }

    private Task TellAsync(HttpContext http, string document)
    {
        if (IsDown)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }

        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(document);
    }

    private string KeysDocument() => JsonSerializer.Serialize(new
    {
        keys = Published.Select(static key =>
        {
            var parameters = key.Rsa.ExportParameters(false);
            return new { kty = "RSA", use = "sig", kid = key.KeyId, n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) };
        }),
    });
}
