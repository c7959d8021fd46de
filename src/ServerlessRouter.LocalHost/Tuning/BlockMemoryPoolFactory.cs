using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace ServerlessRouter.LocalHost.Tuning;

/// <summary>Gives each of Kestrel's socket threads a pool of larger blocks.</summary>
internal sealed class BlockMemoryPoolFactory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockMemoryPool();
}
