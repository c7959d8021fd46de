using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Jobs;
using ServerlessRouter.Webhooks;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

public sealed class WebhookTests
{
    private const string Key = "C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    [Fact]
    public async Task Deliver_Ended_ASignedEventThatAReceiverCanVerify()
    {
        await using var receiver = new WebhookReceiver();
        var (scene, job) = await EndedAsync(receiver);

        Assert.True((await scene.Steps.DeliverAsync(job.Id, default)).IsDone);
        Assert.True((await scene.Steps.DeliverAsync(job.Id, default)).IsDone);

        var call = Assert.Single(receiver.Calls);
        var (id, timestamp) = (call.Headers["webhook-id"], call.Headers["webhook-timestamp"]);
        var signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.").Concat(call.Body).ToArray();
        Assert.Equal($"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), signed))}", call.Headers["webhook-signature"]);
        Assert.Equal(scene.Time.GetUtcNow().ToUnixTimeSeconds().ToString(), timestamp);
        var body = JsonNode.Parse(call.Body)!;
        Assert.Equal((id, "batch.completed", job.Id), ((string)body["id"]!, (string)body["type"]!, (string)body["data"]!["id"]!));
        await scene.Steps.SweepAsync(null, default);
        Assert.Single(scene.Launches);
    }

    [Fact]
    public async Task Deliver_ReceiverFails_IsTriedAgainAfterGrowingWaitsUnderTheSameId()
    {
        await using var receiver = new WebhookReceiver(500, 302, 429);
        var (scene, job) = await EndedAsync(receiver);
        var waits = new List<TimeSpan>();

        var turns = new Turns("the delivery");
        while (await scene.Steps.DeliverAsync(job.Id, default) is { Again: { } wait })
        {
            turns.Take();
            waits.Add(wait);
            Assert.Equal(wait, (await scene.Steps.DeliverAsync(job.Id, default)).Again);
            await scene.Steps.SweepAsync(null, default);
            scene.Time.Advance(wait);
        }

        Assert.Equal(scene.Options.DeliveryWaits[..3], waits);
        Assert.Equal(4, receiver.Calls.Count);
        // The sweeps during the waits began nothing.
        Assert.Single(scene.Launches);
        Assert.Single(receiver.Calls.Select(static call => call.Headers["webhook-id"]).Distinct());
        var told = await scene.FindAsync(job.Id);
        Assert.Equal((4, true, "The receiver answered 200."), (told.DeliveryTries, told.IsDelivered, told.DeliveryNote));
    }

    [Fact]
    public async Task Deliver_ReceiverNeverTakesIt_IsGivenUpAndSaysWhy()
    {
        await using var receiver = new WebhookReceiver([.. Enumerable.Repeat(503, 20)]);
        var (scene, job) = await EndedAsync(receiver);

        var turns = new Turns("the delivery to be given up");
        while (await scene.Steps.DeliverAsync(job.Id, default) is { Again: { } wait })
        {
            turns.Take();
            scene.Time.Advance(wait);
        }

        Assert.Equal(scene.Options.DeliveryWaits.Length + 1, receiver.Calls.Count);
        Assert.Equal("The receiver answered 503.", (await scene.FindAsync(job.Id)).DeliveryNote);
    }

    [Fact]
    public async Task Deliver_ReceiverIsGone_IsNotAskedAgain()
    {
        await using var receiver = new WebhookReceiver(410);
        var (scene, job) = await EndedAsync(receiver);

        Assert.True((await scene.Steps.DeliverAsync(job.Id, default)).IsDone);

        Assert.Single(receiver.Calls);
    }

    [Fact]
    public async Task Finish_ItemsHaveEnded_CompletesAndTellsAsOneStepThatIsAskedAgain()
    {
        await using var receiver = new WebhookReceiver(500);
        var scene = new JobScene(router: new RouterBuilder().Model("mini").Webhooks($"whsec_{Key}", "127.0.0.1").Build());
        var job = await scene.SubmitAsync(await scene.UploadAsync(JobScene.Line("a")), order => order with { CallbackUrl = $"http://127.0.0.1:{receiver.Port}/" });
        await scene.Steps.PrepareAsync(job.Id, default);

        Assert.False((await scene.Steps.FinishAsync(job.Id, default)).IsDone);
        Assert.Empty(receiver.Calls);
        await scene.Steps.RunItemAsync(new(job.Id, 0), default);
        var wait = (await scene.Steps.FinishAsync(job.Id, default)).Again!.Value;
        scene.Time.Advance(wait);
        Assert.True((await scene.Steps.FinishAsync(job.Id, default)).IsDone);

        Assert.Equal((2, JobStatus.Completed), (receiver.Calls.Count, (await scene.FindAsync(job.Id)).Status));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("93.184.215.14", "127.0.0.1")]
    public async Task Deliver_NameResolvesToAPrivateAddress_NoAddressIsCalled(params string[] addresses)
    {
        await using var receiver = new WebhookReceiver();
        var hosts = new ListedHosts(addresses);
        var scene = new JobScene(router: new RouterBuilder().Model("mini").Webhooks($"whsec_{Key}").Build(), resolver: hosts);
        var job = await EndedAsync(scene, $"https://hooks.example:{receiver.Port}/");

        Assert.True((await scene.Steps.DeliverAsync(job.Id, default)).IsDone);

        Assert.Empty(receiver.Calls);
        Assert.Equal("Its host has an address that is not on the public internet.", (await scene.FindAsync(job.Id)).DeliveryNote);
    }

    [Fact]
    public async Task Deliver_NameChangesItsAddressAfterTheCheck_TheCheckedOneIsConnectedTo()
    {
        await using var receiver = new WebhookReceiver();
        // The first answer is where the receiver is; a client that asked again would be sent elsewhere.
        var hosts = new ListedHosts(["127.0.0.1"], ["127.0.0.2"]);
        var scene = new JobScene(router: new RouterBuilder().Model("mini").Webhooks($"whsec_{Key}", "hooks.internal").Build(), resolver: hosts);
        var job = await EndedAsync(scene, $"http://hooks.internal:{receiver.Port}/");

        await scene.Steps.DeliverAsync(job.Id, default);

        Assert.Equal((1, 1), (hosts.Asked, receiver.Calls.Count));
    }

    [Theory]
    [InlineData("http://hooks.example/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://169.254.169.254/metadata")]
    [InlineData("https://user:secret@hooks.example/")]
    [InlineData("ftp://hooks.example/")]
    [InlineData("hooks.example")]
    [InlineData("https://hooks.example:0/")]
    [InlineData("")]
    public async Task Submit_CallbackThatMustNotBe_IsRefused(string url)
    {
        var scene = new JobScene(router: new RouterBuilder().Model("mini").Webhooks("a secret of mine").Build());
        var file = await scene.UploadAsync(JobScene.Line("a"));

        var result = await scene.Jobs.Desk.SubmitAsync(
            new JobOrder { Kind = JobKind.Batch, Caller = null, Endpoint = JobEndpoints.ChatCompletions, InputFileId = file.Id, CallbackUrl = url }, default);

        Assert.Equal(("callback_url", 400), (result.Error!.Param, result.Error.Status));
    }

    [Fact]
    public async Task Submit_RouterHasNoSecret_CallbackIsRefusedAndSaysWhatToSet()
    {
        var scene = new JobScene();
        var file = await scene.UploadAsync(JobScene.Line("a"));

        var result = await scene.Jobs.Desk.SubmitAsync(
            new JobOrder { Kind = JobKind.Batch, Caller = null, Endpoint = JobEndpoints.ChatCompletions, InputFileId = file.Id, CallbackUrl = "https://hooks.example/" }, default);

        Assert.Contains("webhooks.secret", result.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("93.184.215.14", true)]
    [InlineData("1.1.1.1", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2002:101:101::", true)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("::ffff:192.168.0.1", false)]
    [InlineData("::ffff:1.1.1.1", true)]
    public void PublicAddress_IsTold(string address, bool isPublic) => Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    private static async Task<(JobScene Scene, Job Job)> EndedAsync(WebhookReceiver receiver)
    {
        var scene = new JobScene(router: new RouterBuilder().Model("mini").Webhooks($"whsec_{Key}", "127.0.0.1").Build());
        return (scene, await EndedAsync(scene, $"http://127.0.0.1:{receiver.Port}/hook?x=1"));
    }

    private static async Task<Job> EndedAsync(JobScene scene, string url)
    {
        var job = await scene.SubmitAsync(await scene.UploadAsync(JobScene.Line("a")), order => order with { CallbackUrl = url });
        return await scene.RunAsync(job.Id);
    }
}
