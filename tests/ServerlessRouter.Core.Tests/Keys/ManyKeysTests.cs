using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Keys;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Time;
using Xunit;
using Xunit.Abstractions;

namespace ServerlessRouter.Core.Tests.Keys;

/// <summary>A hundred thousand keys: what they take in memory, and that a request does not notice them. Alone, because what other tests allocate meanwhile would be counted as theirs.</summary>
[CollectionDefinition(nameof(ManyKeysTests), DisableParallelization = true)]
[Collection(nameof(ManyKeysTests))]
public sealed class ManyKeysTests(ITestOutputHelper output)
{
    private const int Many = 100_000;
    private const int MaxBytesEach = 400;

    [Fact]
    public async Task HundredThousandKeys_TakeFewBytesAndNoRequestAllocatesForThem()
    {
        var (store, router) = (new MemoryTableStore(new ManualTimeProvider()), await new ConfigurationDraft().AcceptAsync());
        var secret = await FillAsync(store, Many);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var loaded = new IssuedKeys(new IssuedKeyOptions(), store, new ManualTimeProvider(), NullLogger<IssuedKeys>.Instance);
        var began = TimeProvider.System.GetTimestamp();
        await loaded.Step.RunAsync(CancellationToken.None);
        var took = TimeProvider.System.GetElapsedTime(began);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Many;

        output.WriteLine($"{each:0} bytes a key, loaded in {took.TotalMilliseconds:0} ms");
        Assert.Equal(Many, loaded.Count);
        Assert.InRange(each, 1, MaxBytesEach);
        Assert.Equal(KeyState.Known, loaded.Find(router, secret).State);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var turn = 0; turn < 1000; turn++)
            Assert.Equal("key-0", loaded.Find(router, secret).Caller!.Name);
        // xUnit's own assertions may box a little; the look-up allocates nothing, however many keys there are.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 1000);
    }

    /// <summary>Writes rows as issuing would, and answers with the first key.</summary>
    private static async Task<string> FillAsync(ITableStore store, int count)
    {
        var rows = new IssuedKeyRows(store);
        await rows.TryAddPepperAsync(new string('p', 40), CancellationToken.None);
        var (pepper, first) = (new KeyPepper(new string('p', 40)), "");
        var terms = """{"tier":"pro","tags":{"team":"search"}}"""u8.ToArray();
        for (var number = 0; number < count; number++)
        {
            var secret = IssuedKeyText.Create();
            if (number == 0)
                first = secret;
            var key = new IssuedKey { Id = $"key_{number:x19}", Name = $"key-{number}", Terms = terms, CreatedAt = default(DateTimeOffset).AddYears(2025), CreatedBy = "admin", Current = new KeptDigest(pepper.Digest(secret), pepper.Id) };
            Assert.Equal(KeyWrite.Done, await rows.AddAsync(key, await rows.FindCountAsync(CancellationToken.None), CancellationToken.None));
        }

        return first;
    }
}
