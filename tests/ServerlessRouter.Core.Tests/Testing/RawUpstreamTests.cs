using System.Net.Sockets;
using System.Text;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Testing;

public sealed class RawUpstreamTests
{
    private static readonly HttpClient Client = new();

    [Fact]
    public async Task Script_BytesByHand_AreTheResponse()
    {
        byte[] received = [];
        await using var upstream = RawUpstream.Start(async connection =>
        {
            received = await connection.ReadRequestAsync();
            await connection.SendByteByByteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        });
        using var response = await Client.PostAsync(upstream.BaseAddress, new ByteArrayContent(ChatBodies.Plain()));

        Assert.Equal("hi", await response.Content.ReadAsStringAsync());
        Assert.EndsWith(Encoding.UTF8.GetString(ChatBodies.Plain()), Encoding.UTF8.GetString(received), StringComparison.Ordinal);
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task Reset_WithinHeaders_ClientSeesAReset()
    {
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nConte");
            connection.Reset();
        });

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetAsync(upstream.BaseAddress));

        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(failure.GetBaseException()).SocketErrorCode);
    }

    [Fact]
    public async Task Garbage_InsteadOfHttp_ClientRefusesIt()
    {
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("\u0001\u0002 not http\r\n\r\n");
        });

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetAsync(upstream.BaseAddress));

        Assert.Equal(HttpRequestError.InvalidResponse, failure.HttpRequestError);
    }

    [Fact]
    public async Task TlsAddress_PlainBytesInTheHandshake_FailIt()
    {
        await using var upstream = RawUpstream.Start(connection => connection.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"));

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetAsync(upstream.TlsAddress));

        Assert.Equal(HttpRequestError.SecureConnectionError, failure.HttpRequestError);
    }

    [Fact]
    public async Task Dispose_ConnectionHeldAtAGate_EndsIt()
    {
        var gate = new Gate();
        Task<HttpResponseMessage> asking;
        await using (var upstream = RawUpstream.Start(connection => connection.PassAsync(gate)))
        {
            asking = Client.GetAsync(upstream.BaseAddress);
            await gate.WaitForArrivalAsync();
            Assert.False(asking.IsCompleted);
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => asking);
    }

    [Fact]
    public async Task RefusedEndpoint_Connecting_IsRefused()
    {
        using var endpoint = RefusedEndpoint.Reserve();

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetAsync(endpoint.BaseAddress));

        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(failure.GetBaseException()).SocketErrorCode);
    }

    [Fact]
    public async Task UnknownHost_Connecting_FailsToResolve()
    {
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetAsync(RefusedEndpoint.UnknownHost));

        Assert.Equal(HttpRequestError.NameResolutionError, failure.HttpRequestError);
    }
}
