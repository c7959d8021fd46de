using System.Security.Cryptography.X509Certificates;
using ServerlessRouter.Configuration;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Webhooks;
using ServerlessRouter.Webhooks;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>Callbacks over TLS on a real socket: who is believed, and where the connection goes.</summary>
public sealed class WebhookTlsTests : IDisposable
{
    /// <summary>A name that no resolver knows (RFC 6761): a client that asked another one than the test's would reach no server.</summary>
    private const string Host = "hooks.example.invalid";

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Send_CertificateOfTheHostByATrustedAuthority_IsTakenAtTheAddressResolvedOnce()
    {
        using var certificate = _authority.Issue(Host);
        await using var receiver = new WebhookReceiver(certificate);
        // Asked a second time, the name would lead elsewhere.
        var hosts = new ListedHosts(["127.0.0.1"], ["203.0.113.7"]);

        var result = await SendAsync(receiver, hosts, _authority.Trust());

        Assert.True(result.IsTaken, result.Note);
        Assert.Equal((1, 1, 1), (hosts.Asked, receiver.Connections, receiver.Calls.Count));
        Assert.Equal($"{Host}:{receiver.Port}", receiver.Calls[0].Headers["Host"]);
    }

    [Fact]
    public async Task Send_EachDelivery_ResolvesAndConnectsAnew()
    {
        using var certificate = _authority.Issue(Host);
        await using var receiver = new WebhookReceiver(certificate);
        var hosts = new ListedHosts(["127.0.0.1"]);
        using var sender = Sender(hosts, _authority.Trust());

        Assert.True((await SendAsync(sender, JobOf(receiver))).IsTaken);
        Assert.True((await SendAsync(sender, JobOf(receiver))).IsTaken);

        Assert.Equal((2, 2), (hosts.Asked, receiver.Connections));
    }

    [Fact]
    public async Task Send_AuthorityTheMachineDoesNotTrust_IsRefusedBeforeAnythingIsSaid()
    {
        using var certificate = _authority.Issue(Host);

        await AssertRefusedAsync(certificate, trust: null);
    }

    [Fact]
    public async Task Send_CertificateOfAnotherHost_IsRefusedBeforeAnythingIsSaid()
    {
        using var certificate = _authority.Issue("other.example.invalid");

        await AssertRefusedAsync(certificate, _authority.Trust());
    }

    [Fact]
    public async Task Send_CertificateThatHasEnded_IsRefusedBeforeAnythingIsSaid()
    {
        using var certificate = _authority.Issue(Host, TimeSpan.FromHours(-1));

        await AssertRefusedAsync(certificate, _authority.Trust());
    }

    private static async Task AssertRefusedAsync(X509Certificate2 certificate, X509ChainPolicy? trust)
    {
        await using var receiver = new WebhookReceiver(certificate);

        var result = await SendAsync(receiver, new ListedHosts(["127.0.0.1"]), trust);

        Assert.Equal((false, true), (result.IsTaken, result.CanHelpToRetry));
        Assert.Contains("certificate", result.Note, StringComparison.Ordinal);
        Assert.Empty(receiver.Calls);
    }

    private static async Task<WebhookResult> SendAsync(WebhookReceiver receiver, ListedHosts hosts, X509ChainPolicy? trust)
    {
        using var sender = Sender(hosts, trust);
        return await SendAsync(sender, JobOf(receiver));
    }

    private static WebhookSender Sender(ListedHosts hosts, X509ChainPolicy? trust) =>
        new(new RouterModelSource(new RouterBuilder().Model("mini").Webhooks("a-secret-to-sign-with", Host).Build()), hosts, new ManualTimeProvider(), trust);

    private static Job JobOf(WebhookReceiver receiver) => new()
    {
        Id = "batch_1",
        Kind = JobKind.Batch,
        Status = JobStatus.Completed,
        InputId = "file-1",
        InputBytes = 1,
        Endpoint = JobEndpoints.ChatCompletions,
        CompletionWindow = "24h",
        CreatedAt = default,
        ExpiresAt = default,
        CallbackUrl = $"https://{Host}:{receiver.Port}/hook",
    };

    private static ValueTask<WebhookResult> SendAsync(WebhookSender sender, Job job) => sender.SendAsync(job.CallbackUrl!, WebhookMessage.IdOf(job), WebhookMessage.BodyOf(job), default);
}
