using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ServerlessRouter.Http;

/// <summary>Limits of the HTTP server that hold in front of every host's router.</summary>
public static class ServerLimits
{
    /// <summary>What is read ahead of a body that is not read yet; the server's own 1 MiB on each of many connections is more than all bodies may take.</summary>
    private const int ReadAheadBytes = 128 * 1024;

    /// <summary>A modem's 32 kbit/s: a body that comes more slowly only keeps memory from others.</summary>
    private const double MinBodyBytesPerSecond = 4096;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static void Set(KestrelServerLimits limits)
    {
        // The router reads bodies itself, up to the configured size, and answers a larger one with its own error.
        limits.MaxRequestBodySize = null;
        limits.MaxRequestBufferSize = ReadAheadBytes;
        limits.MinRequestBodyDataRate = new MinDataRate(MinBodyBytesPerSecond, Grace);
        limits.Http2.InitialStreamWindowSize = ReadAheadBytes;
        limits.Http2.InitialConnectionWindowSize = 2 * ReadAheadBytes;
    }
}
