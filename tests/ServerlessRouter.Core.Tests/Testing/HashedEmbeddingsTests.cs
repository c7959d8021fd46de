using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Embeddings;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Suites;

namespace ServerlessRouter.Core.Tests.Testing;

public sealed class HashedEmbeddingsTests : EmbeddingSourceSuite
{
    public override Task DisposeAsync() => Task.CompletedTask;

    protected override Task<(IEmbeddingSource Source, RouterModel Router)> CreateAsync()
    {
        var router = new RouterBuilder().Model("mini").Model("small", model => model.Can(Capabilities.Embeddings)).Route("auto", route => route.Candidates("mini")).Embeddings("small").Build();
        return Task.FromResult<(IEmbeddingSource, RouterModel)>((new HashedEmbeddings(), router));
    }
}
