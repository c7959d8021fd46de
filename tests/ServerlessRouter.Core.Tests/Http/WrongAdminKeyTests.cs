using System.Net;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>A caller guesses the admin's key.</summary>
public sealed class WrongAdminKeyTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-s3cret-key";
    private const string CallersKey = "a-callers-s3cret-key";
    private const string Guess = "a-gu3ss";

    private HttpServer _server = null!;

    public async Task InitializeAsync() => _server = await HttpServer.StartAsync(
        new RouterBuilder().Model("mini").Key(CallersKey, "caller").Build(), admin: new AdminServices(new AdminGate($"sha256:{KeyHash.Of(AdminKey)}", []), null));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("v1/admin/configuration")]
    [InlineData("v1/usage")]
    [InlineData("v1/requests")]
    public async Task WrongKey_AfterAFewMistakes_IsAnsweredLaterEachTime(string path)
    {
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
            Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(path, Guess));

        foreach (var seconds in new[] { 0.5, 1, 2, 4, 4 })
        {
            var held = SendAsync(path, Guess);
            await _server.Time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(seconds));
            Assert.False(held.IsCompleted);
            _server.Time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(HttpStatusCode.Unauthorized, await held);
        }
    }

    [Fact]
    public async Task RightKey_AfterWrongOnes_IsLetInAtOnceAndTheyAreForgiven()
    {
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
            await SendAsync("v1/admin/configuration", Guess);

        Assert.Equal(HttpStatusCode.NotFound, await SendAsync("v1/admin/configuration", AdminKey));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("v1/admin/configuration", Guess));
    }

    [Fact]
    public async Task WrongKeys_ManyAtOnce_KeysAreNotLookedAtUntilSomeAreAnswered()
    {
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
            await SendAsync("v1/admin/configuration", Guess);
        var held = Enumerable.Range(0, WrongKeys.MaxHeld).Select(_ => SendAsync("v1/admin/configuration", Guess)).ToArray();
        await _server.Time.WaitForTimersAsync(WrongKeys.MaxHeld);

        Assert.Equal(HttpStatusCode.TooManyRequests, await SendAsync("v1/admin/configuration", Guess));
        Assert.Equal(HttpStatusCode.TooManyRequests, await SendAsync("v1/usage", Guess));

        _server.Time.Advance(WrongKeys.MaxDelay);
        Assert.All(await Task.WhenAll(held), static status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        Assert.Equal(HttpStatusCode.NotFound, await SendAsync("v1/admin/configuration", AdminKey));
    }

    [Theory]
    [InlineData("v1/admin/configuration", HttpStatusCode.NotFound)]
    [InlineData("v1/usage", HttpStatusCode.OK)]
    [InlineData("v1/models", HttpStatusCode.OK)]
    public async Task RightKey_ThatCannotBeGuessed_IsLetInWhileWrongOnesOfItsAddressWait(string path, HttpStatusCode expected)
    {
        const string Long = "an-admin-s3cret-key-of-32-letters";
        const string LongGuess = "a-gu3ss-that-is-as-long-as-a-key-is";
        await using var server = await HttpServer.StartAsync(
            new RouterBuilder().Model("mini").Key(CallersKey, "caller").Build(), admin: new AdminServices(new AdminGate($"sha256:{KeyHash.Of(Long)}", []), null));
        for (var turn = 0; turn < WrongKeys.FreeMistakes; turn++)
            await SendAsync(path, Guess, server);
        var others = server.Time.ArmedTimers;
        var held = Enumerable.Range(0, WrongKeys.MaxHeld).Select(_ => SendAsync(path, Guess, server)).ToArray();
        await server.Time.WaitForTimersAsync(others + WrongKeys.MaxHeld);

        Assert.Equal(expected, await SendAsync(path, Long, server));
        Assert.Equal(HttpStatusCode.TooManyRequests, await SendAsync(path, LongGuess, server));
        Assert.Equal(HttpStatusCode.TooManyRequests, await SendAsync(path, Guess, server));

        server.Time.Advance(WrongKeys.MaxDelay);
        Assert.All(await Task.WhenAll(held), static status => Assert.Equal(HttpStatusCode.Unauthorized, status));
    }

    [Theory]
    [InlineData(CallersKey, HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    public async Task CallersKeyOrNone_IsNoGuess(string? key, HttpStatusCode expected)
    {
        for (var turn = 0; turn < 10; turn++)
            Assert.Equal(expected, await SendAsync("v1/admin/configuration", key));

        Assert.Empty(_server.Log.AtLeast(LogLevel.Warning));
    }

    [Fact]
    public async Task WrongKey_IsLoggedWithItsAddressAndWithoutTheKey()
    {
        await SendAsync("v1/admin/configuration", Guess);

        var line = Assert.Single(_server.Log.AtLeast(LogLevel.Warning));
        Assert.Contains("wrong admin key came from 127.0.0.1", line.ToString(), StringComparison.Ordinal);
        _server.Log.AssertNeverMentions(Guess);
    }

    [Theory]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    public void SenderOf_Address_IsTheNetworkThatHasIt(string address, string expected) => Assert.Equal(expected, WrongKeys.SenderOf(IPAddress.Parse(address)));

    [Fact]
    public void Add_FromMoreAddressesThanAreRemembered_ForgetsTheOldest()
    {
        var keys = new WrongKeys(_server.Time);
        for (var address = 0; address <= WrongKeys.MaxAddresses; address++)
        {
            keys.Add($"a{address}");
            keys.Release($"a{address}");
            _server.Time.Advance(TimeSpan.FromTicks(1));
        }

        Assert.Equal(1, keys.Add("a0").InARow);
        Assert.Equal(2, keys.Add($"a{WrongKeys.MaxAddresses}").InARow);
    }

    [Fact]
    public void Add_LongAfterTheLast_BeginsAnew()
    {
        var keys = new WrongKeys(_server.Time);
        for (var turn = 0; turn < 8; turn++)
            keys.Add("a");
        _server.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal((1, TimeSpan.Zero), keys.Add("a"));
    }

    private async Task<HttpStatusCode> SendAsync(string path, string? key, HttpServer? server = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
            request.Headers.Add("api-key", key);
        using var answer = await (server ?? _server).Client.SendAsync(request);
        return answer.StatusCode;
    }
}
