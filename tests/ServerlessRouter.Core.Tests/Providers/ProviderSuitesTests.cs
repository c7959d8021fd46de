using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Suites;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public sealed class ProviderSuitesTests
{
    [Fact]
    public async Task EveryKind_HasASuite()
    {
        await using var registry = new ProviderRegistry(TimeProvider.System, new SeededRandomSource(1), NullLoggerFactory.Instance);
        var tested = typeof(ProviderSuitesTests).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ChatProviderSuite)) && !type.IsAbstract)
            .Select(type => ((ChatProviderSuite)Activator.CreateInstance(type)!).Kind);

        Assert.Equal(registry.Kinds.Order(), tested.Order());
    }

    [Fact]
    public async Task EveryImplementation_IsInTheRegistry()
    {
        await using var registry = new ProviderRegistry(TimeProvider.System, new SeededRandomSource(1), NullLoggerFactory.Instance);
        var core = typeof(IChatProvider).Assembly.GetTypes().Where(type => !type.IsInterface && !type.IsAbstract).ToList();

        Assert.Equal(
            core.Where(type => type.IsAssignableTo(typeof(IChatProvider))).ToHashSet(),
            registry.Kinds.Select(kind => registry.Get(kind).GetType()).ToHashSet());
        // Each mapper is a kind of its own, but for the one of embeddings beside a kind's chat, and so is the one provider without a network.
        Assert.Equal(core.Count(type => type.IsAssignableTo(typeof(IChatMapper)) && type != typeof(EmbeddingsMapper)) + 1, registry.Kinds.Count);
    }

    [Fact]
    public async Task EveryKindWithEmbeddings_IsInTheRegistry()
    {
        await using var registry = new ProviderRegistry(TimeProvider.System, new SeededRandomSource(1), NullLoggerFactory.Instance);

        Assert.All(ProviderKinds.WithEmbeddings, kind => Assert.Equal(kind, registry.GetEmbeddings(kind).Kind));
    }
}
