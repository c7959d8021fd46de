using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.ML.Tokenizers;

namespace ServerlessRouter.Http.Tokens;

/// <summary>OpenAI's tokenizers, each loaded when it is first asked for and kept from then on: o200k_base takes a second and some 66 MB, cl100k_base some 25 MB more.</summary>
internal sealed partial class ExactTokenizers
{
    /// <summary>How long a request waits for a tokenizer that is being loaded; one that waited longer gets an estimate.</summary>
    internal static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);

    /// <summary>More text than this takes too long to count exactly while others wait.</summary>
    private const int MaxTextBytes = 256 * 1024;

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lazy<Task<TiktokenTokenizer?>> _o200k;
    private readonly Lazy<Task<TiktokenTokenizer?>> _cl100k;

    public ExactTokenizers(TimeProvider time, ILoggerFactory loggers)
    {
        (_time, _logger) = (time, loggers.CreateLogger<ExactTokenizers>());
        _o200k = new(() => Task.Run(() => Load("o200k_base")));
        _cl100k = new(() => Task.Run(() => Load("cl100k_base")));
    }

    /// <summary>Counts the tokens of one text, where the tokenizer of that name is OpenAI's and loaded in time; null of a text that is too long or too odd to count.</summary>
    public async ValueTask<Func<ReadOnlyMemory<byte>, int?>?> FindAsync(string? name, CancellationToken cancellationToken)
    {
        // gpt-oss has the same tokens for texts.
        var loading = name switch
        {
            "o200k_base" or "o200k_harmony" => _o200k.Value,
            "cl100k_base" => _cl100k.Value,
            _ => null,
        };
        if (loading is null)
            return null;
        if (!loading.IsCompleted)
            await Task.WhenAny(loading, Task.Delay(MaxWait, _time, cancellationToken)).ConfigureAwait(false);
        return loading.IsCompleted && await loading.ConfigureAwait(false) is { } tokenizer ? text => Count(tokenizer, text) : null;
    }

    private static int? Count(TiktokenTokenizer tokenizer, ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MaxTextBytes)
            return null;
        var text = Encoding.UTF8.GetString(utf8.Span);
        return CountableText.Is(text) ? tokenizer.CountTokens(text) : null;
    }

    private TiktokenTokenizer? Load(string encoding)
    {
        try
        {
            return TiktokenTokenizer.CreateForEncoding(encoding);
        }
        catch (Exception exception)
        {
            LogNotLoaded(encoding, exception);
            return null;
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The tokenizer {Encoding} cannot be loaded, so token counts stay estimates")]
    private partial void LogNotLoaded(string encoding, Exception exception);
}
