using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Classification;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Training.Rows;

/// <summary>Asks for the vector of every row, several at a time, and again after a growing wait where one fails.</summary>
internal sealed class RowVectors(RouterModel router, IEmbeddingSource source, TextWriter progress, TimeProvider time)
{
    private const int AtATime = 8;
    private const int Tries = 6;
    private const int RowsPerReport = 1_000;

    /// <summary>No caller waits for an answer here, so it may take longer than during a request.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private int _done;

    /// <summary>What all calls have cost, in USD.</summary>
    public decimal CostUsd { get; private set; }

    /// <summary>The vectors in the order of the rows; null, with a word on <paramref name="error"/>, as soon as one cannot be had.</summary>
    public async Task<float[][]?> AskAsync(IReadOnlyList<LabelExample> rows, TextWriter error, CancellationToken cancellationToken)
    {
        var vectors = new float[rows.Count][];
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        string? problem = null;
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = stopping.Token };
            await Parallel.ForAsync(0, rows.Count, options, async (row, token) =>
            {
                var result = await AskAsync(rows[row].Text, token).ConfigureAwait(false);
                if (result.Problem is null)
                {
                    vectors[row] = result.Vector.ToArray();
                    Report(rows.Count);
                    return;
                }

                Interlocked.CompareExchange(ref problem, $"no vector of row {row + 1}: {result.Problem}", null);
                await stopping.CancelAsync().ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (problem is not null && !cancellationToken.IsCancellationRequested)
        {
        }

        problem ??= Array.Find(vectors, vector => vector.Length != vectors[0].Length) is { } odd
            ? $"the model gave vectors of {vectors[0].Length} and of {odd.Length} numbers; set 'dimensions'"
            : null;
        if (problem is null)
            return vectors;
        error.WriteLine($"error: no model was trained: {problem}");
        return null;
    }

    private async ValueTask<EmbeddingResult> AskAsync(byte[] text, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = Request(router.Embeddings!.Model.Name, text);
            var asker = new RequestContext("train", router, request, NoHeaders.Instance, time.GetTimestamp()) { Route = RouteBuilder.Implicit(router.Embeddings.Model) };
            var read = new byte[ConversationText.MaxBytes];
            var call = new EmbeddingCall(asker, router.Embeddings.Model, router.Embeddings.Dimensions, read.AsMemory(0, ConversationText.Copy(request, read)), Within);
            var result = await source.EmbedAsync(call, cancellationToken).ConfigureAwait(false);
            lock (_lock)
                CostUsd += asker.SpentUsd;
            if (result.Problem is null || attempt == Tries)
                return result;
            await Task.Delay(FirstWait * (1 << (attempt - 1)), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Report(int rows)
    {
        var done = Interlocked.Increment(ref _done);
        if (done % RowsPerReport != 0)
            return;
        lock (_lock)
            progress.WriteLine($"{done} of {rows} vectors");
    }

    /// <summary>The text as a caller would send it, so that what is learnt from is cut as what will be asked about.</summary>
    private static ChatRequest Request(string model, byte[] text)
    {
        using var body = new PooledWriter(text.Length + 128);
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("model", model);
            writer.WriteStartArray("messages");
            writer.WriteStartObject();
            writer.WriteString("role", "user");
            writer.WriteString("content", Encoding.UTF8.GetString(text));
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        var length = body.Length;
        var pooled = body.Detach();
        return ChatRequestScanner.TryScan(pooled, length, out var request, out var error) ? request : throw new InvalidOperationException(error.Message);
    }

    private sealed class NoHeaders : IRequestHeaders
    {
        public static readonly NoHeaders Instance = new();

        public string? Get(string name) => null;
    }
}
