using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Testing.Suites;

/// <summary>What every <see cref="IEmbeddingSource"/> must do; an implementation gets these tests by subclassing.</summary>
public abstract class EmbeddingSourceSuite : IAsyncLifetime
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    private IEmbeddingSource _source = null!;
    private RouterModel _router = null!;

    public async Task InitializeAsync() => (_source, _router) = await CreateAsync();

    public abstract Task DisposeAsync();

    /// <summary>A source to test and a configuration whose embeddings it can be asked for; called once per test.</summary>
    protected abstract Task<(IEmbeddingSource Source, RouterModel Router)> CreateAsync();

    [Fact]
    public async Task EmbedAsync_SameText_HasTheSameVector()
    {
        var first = await EmbedAsync("a red fox");
        var second = await EmbedAsync("a red fox");

        Assert.Null(first.Problem);
        Assert.Equal(first.Vector.ToArray(), second.Vector.ToArray());
    }

    [Fact]
    public async Task EmbedAsync_TextsThatShareWords_AreNearerThanOthers()
    {
        var fox = await EmbedAsync("the red fox sleeps in the wood");
        var foxes = await EmbedAsync("the red fox wakes in the wood");
        var sums = await EmbedAsync("integrate polynomials over finite intervals");

        Assert.True(Cosine(fox, foxes) > Cosine(fox, sums) + 0.2, $"{Cosine(fox, foxes)} against {Cosine(fox, sums)}");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("日本語の文")]
    [InlineData("\u0000\u0001 control")]
    [InlineData("\"quotes\" \\ and \n lines")]
    public async Task EmbedAsync_AnyText_HasFiniteNumbersThatAreNotAllZero(string text)
    {
        var result = await EmbedAsync(text);

        Assert.Null(result.Problem);
        Assert.All(result.Vector.ToArray(), number => Assert.True(float.IsFinite(number)));
        Assert.Contains(result.Vector.ToArray(), number => number != 0);
    }

    [Fact]
    public async Task EmbedAsync_TextCutInsideACharacter_HasAVector()
    {
        var text = Encoding.UTF8.GetBytes("caf\u00e9");

        Assert.Null((await EmbedAsync(text.AsMemory(0, text.Length - 1), default)).Problem);
    }

    [Fact]
    public async Task EmbedAsync_CallerHasLeft_Throws() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EmbedAsync("a red fox"u8.ToArray(), new CancellationToken(canceled: true)));

    private Task<EmbeddingResult> EmbedAsync(string text) => EmbedAsync(Encoding.UTF8.GetBytes(text), default);

    private async Task<EmbeddingResult> EmbedAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        var settings = _router.Embeddings!;
        using var request = ScannedRequest.Of(ChatBodies.Plain("x", "auto"));
        var asker = new RequestContext("r1", _router, request, new ListedHeaders(), 0) { Route = _router.Routes[0] };
        return await _source.EmbedAsync(new EmbeddingCall(asker, settings.Model, settings.Dimensions, text, Within), cancellationToken);
    }

    private static double Cosine(EmbeddingResult one, EmbeddingResult other)
    {
        var (first, second) = (one.Vector.ToArray(), other.Vector.ToArray());
        return Dot(first, second) / Math.Sqrt(Dot(first, first) * Dot(second, second));
    }

    private static double Dot(float[] one, float[] other) => one.Zip(other, (left, right) => (double)left * right).Sum();
}
