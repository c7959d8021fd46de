using System.Text;
using Microsoft.AspNetCore.Connections;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.LocalHost;

/// <summary>Bounds the connections that are open at once (<see cref="RouterModel.MaxConnections"/>); one more is told so and closed.</summary>
internal sealed partial class ConnectionLimit(RouterModelSource models, ILogger<ConnectionLimit> logger)
{
    private const string Body = """{"error":{"message":"This router has as many connections open as it may (server.maxConnections in its configuration). Try again shortly.","type":"server_error","param":null,"code":"temporarily_unavailable"}}""";

    private static readonly byte[] Refusal = Encoding.ASCII.GetBytes(
        $"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nRetry-After: 2\r\nretry-after-ms: 2000\r\nConnection: close\r\n\r\n{Body}");

    private int _open;
    private bool _isFull;

    /// <summary>What is done with a connection, for those there is room for.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        var open = Interlocked.Increment(ref _open);
        try
        {
            var most = models.Current.MaxConnections;
            if (open <= most)
            {
                _isFull = false;
                await next(connection);
            }
            else
            {
                await RefuseAsync(connection, most);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    };

    private async ValueTask RefuseAsync(ConnectionContext connection, int most)
    {
        // Once for each time the limit is met: a flood must not fill the log.
        if (!_isFull)
            LogFull(most);
        _isFull = true;
        try
        {
            await connection.Transport.Output.WriteAsync(Refusal, connection.ConnectionClosed);
        }
        catch (Exception left) when (left is IOException or OperationCanceledException)
        {
            // The other side has left.
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{MaxConnections} connections are open, as many as may be (server.maxConnections); further ones are refused")]
    private partial void LogFull(int maxConnections);
}
