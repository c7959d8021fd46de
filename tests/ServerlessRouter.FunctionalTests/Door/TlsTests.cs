using System.Net;
using Microsoft.Extensions.Logging;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.LocalHost.Tls;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Door;

/// <summary>The router behind its own certificate, over real TLS.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Password = "s3cret of the key";

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-tls-");
    private readonly SecretVariable _password = new(Password);
    private readonly SelfSigned _valid = new(Now.AddDays(-1), Now.AddDays(30));
    private readonly ManualTimeProvider _time = new(Now);

    private string CertificatePath => Path.Combine(_folder.FullName, "certificate");

    private string KeyPath => Path.Combine(_folder.FullName, "key.pem");

    public void Dispose()
    {
        _valid.Dispose();
        _password.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("pem, key in the same file")]
    [InlineData("pem, encrypted key")]
    [InlineData("pfx")]
    [InlineData("pfx, password")]
    public async Task Certificate_InEveryForm_IsServed(string form)
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var configuration = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(configuration, new RouterFile().Upstream("mini", upstream).Route("auto", ["mini"]).ToString());
        await using var router = await StartAsync(Write(_valid, form), configuration);
        Assert.Equal("https", router.Address.Scheme);

        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            foreach (var stream in new[] { false, true })
            {
                var (answer, thumbprint) = await ChatAsync(router, stream, version);

                Assert.Equal(HttpStatusCode.OK, answer.Status);
                Assert.True(answer.IsWhole, answer.ToString());
                Assert.Equal(_valid.Thumbprint, thumbprint);
            }
        }
    }

    [Fact]
    public async Task Certificate_Replaced_NewConnectionsGetItAndOpenOnesGoOn()
    {
        await using var router = await StartAsync(Write(_valid, "pem"));
        var seen = new List<string>();
        using var open = NewClient(router, seen);
        using (await open.GetAsync(new Uri("healthz", UriKind.Relative)))
            Assert.Single(seen);
        using var renewed = new SelfSigned(Now.AddDays(-1), Now.AddDays(90));

        Write(renewed, "pem");

        await Eventually.HoldsAsync(async () => await ThumbprintAfterAReadingAsync(router) == renewed.Thumbprint, "the new certificate");
        using (var still = await open.GetAsync(new Uri("healthz", UriKind.Relative)))
            Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        Assert.Equal([_valid.Thumbprint], seen);
    }

    [Theory]
    [InlineData("broken")]
    [InlineData("expired")]
    [InlineData("another key")]
    [InlineData("gone")]
    public async Task Certificate_ReplacedByWhatCannotBeUsed_TheOldOneStays(string how)
    {
        await using var router = await StartAsync(Write(_valid, "pem"));
        using var other = new SelfSigned(Now.AddDays(-9), how == "expired" ? Now.AddDays(-2) : Now.AddDays(90));
        if (how == "broken")
            await File.WriteAllTextAsync(CertificatePath, "-----BEGIN CERTIFICATE-----\nnonsense");
        else if (how == "gone")
            File.Delete(CertificatePath);
        else if (how == "another key")
            await File.WriteAllTextAsync(CertificatePath, other.CertificatePem);
        else
            Write(other, "pem");

        for (var reading = 0; reading < 4; reading++)
            Assert.Equal(_valid.Thumbprint, await ThumbprintAfterAReadingAsync(router));

        using var renewed = new SelfSigned(Now.AddDays(-1), Now.AddDays(90));
        Write(renewed, "pem");
        await Eventually.HoldsAsync(async () => await ThumbprintAfterAReadingAsync(router) == renewed.Thumbprint, "the certificate that can be used");
    }

    [Theory]
    [InlineData("missing", "The certificate cannot be read:")]
    [InlineData("empty", "is neither PEM nor a PFX file that opens without a password")]
    [InlineData("broken pem", "holds no certificate that can be read")]
    [InlineData("without key", "comes without its private key. Add --certificate-key FILE.")]
    [InlineData("another key", "does not belong to the certificate")]
    [InlineData("expired", "expired on 2025-12-31. Renew it.")]
    [InlineData("not yet", "is valid from 2026-01-03 on only.")]
    [InlineData("pfx, password not given", "Add --certificate-password env:NAME")]
    [InlineData("pfx, wrong password", "opens with the password of env:")]
    [InlineData("pem, encrypted, password not given", "is encrypted. Add --certificate-password env:NAME.")]
    [InlineData("password itself", "must be env:NAME, never the password itself")]
    [InlineData("password itself, and no need of one", "must be env:NAME, never the password itself")]
    [InlineData("password not set", "which is not set")]
    public async Task Certificate_ThatCannotBeUsed_TheStartIsRefusedInASentence(string how, string expected)
    {
        using var expired = new SelfSigned(Now.AddDays(-9), Now.AddDays(-1));
        using var early = new SelfSigned(Now.AddDays(2), Now.AddDays(9));
        var options = how switch
        {
            "missing" => new CertificateOptions { Path = CertificatePath },
            "empty" => Put([]),
            "broken pem" => Put("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----"u8.ToArray()),
            "without key" => Write(_valid, "pem") with { KeyPath = null },
            "another key" => WithKeyOf(expired),
            "expired" => Write(expired, "pem"),
            "not yet" => Write(early, "pem"),
            "pfx, password not given" => Write(_valid, "pfx, password") with { Password = null },
            "pfx, wrong password" => Put(_valid.Pfx("another")) with { Password = _password.Reference },
            "pem, encrypted, password not given" => Write(_valid, "pem, encrypted key") with { Password = null },
            "password itself" => Write(_valid, "pfx, password") with { Password = Password },
            "password itself, and no need of one" => Write(_valid, "pem") with { Password = Password },
            _ => Write(_valid, "pfx, password") with { Password = "env:NO_SUCH_VARIABLE" },
        };

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(options));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1:0", false, "needs a certificate: add --certificate FILE")]
    [InlineData("http://127.0.0.1:0", true, "no address begins with https://")]
    public async Task Addresses_ThatDoNotFitTheCertificate_AreRefused(string urls, bool hasCertificate, string expected)
    {
        var options = new LocalRouterOptions { Urls = urls, Certificate = hasCertificate ? Write(_valid, "pem") : null, Time = _time };

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => LocalRouter.StartAsync(options));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private CertificateOptions Write(SelfSigned certificate, string form)
    {
        switch (form)
        {
            case "pem":
                File.WriteAllText(KeyPath, certificate.KeyPem);
                File.WriteAllText(CertificatePath, certificate.CertificatePem);
                return new CertificateOptions { Path = CertificatePath, KeyPath = KeyPath };
            case "pem, key in the same file":
                File.WriteAllText(CertificatePath, $"{certificate.CertificatePem}\n{certificate.KeyPem}");
                return new CertificateOptions { Path = CertificatePath };
            case "pem, encrypted key":
                File.WriteAllText(KeyPath, certificate.EncryptedKeyPem(Password));
                File.WriteAllText(CertificatePath, certificate.CertificatePem);
                return new CertificateOptions { Path = CertificatePath, KeyPath = KeyPath, Password = _password.Reference };
            case "pfx":
                return Put(certificate.Pfx(null));
            default:
                return Put(certificate.Pfx(Password)) with { Password = _password.Reference };
        }
    }

    private CertificateOptions Put(byte[] content)
    {
        File.WriteAllBytes(CertificatePath, content);
        return new CertificateOptions { Path = CertificatePath };
    }

    private CertificateOptions WithKeyOf(SelfSigned other)
    {
        var options = Write(_valid, "pem");
        File.WriteAllText(KeyPath, other.KeyPem);
        return options;
    }

    private Task<LocalRouter> StartAsync(CertificateOptions certificate, string? configuration = null) =>
        LocalRouter.StartAsync(new LocalRouterOptions { ConfigurationPath = configuration, Urls = "https://127.0.0.1:0", Certificate = certificate, Time = _time, LogLevel = LogLevel.None });

    /// <summary>What a new connection is shown after the files were due to be read once more.</summary>
    private async Task<string> ThumbprintAfterAReadingAsync(LocalRouter router)
    {
        _time.Advance(FollowedCertificate.ReadInterval);
        var seen = new List<string>();
        using var client = NewClient(router, seen);
        using var answer = await client.GetAsync(new Uri("healthz", UriKind.Relative));
        return Assert.Single(seen);
    }

    private static HttpClient NewClient(LocalRouter router, List<string> seen)
    {
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
            {
                seen.Add(certificate!.Thumbprint);
                return true;
            },
        };
        return new HttpClient(handler) { BaseAddress = router.Address, Timeout = Patience.Limit };
    }

    private static async Task<(ClientAnswer Answer, string Thumbprint)> ChatAsync(LocalRouter router, bool stream, Version version)
    {
        var seen = new List<string>();
        using var client = NewClient(router, seen);
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = new ByteArrayContent(ChatBodies.For(stream)),
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (await ClientAnswer.ReadAsync(response), Assert.Single(seen));
    }
}
