using System.Buffers;
using System.Collections.Immutable;

namespace ServerlessRouter.Jobs.Input;

/// <summary>Reads the file of a batch in one pass, a line at a time, and collects every line's problems, not only the first.</summary>
internal sealed class BatchInputReader(string endpoint, int maxRequestBytes)
{
    /// <summary>OpenAI's bound.</summary>
    public const int MaxLines = 50_000;

    /// <summary>As many as fit into the job's row.</summary>
    public const int MaxProblems = 50;

    /// <summary>What stands around a body in its line.</summary>
    private const int EnvelopeBytes = 64 * 1024;

    private readonly List<BatchLine> _lines = [];
    private readonly HashSet<string> _customIds = new(StringComparer.Ordinal);
    private readonly ImmutableArray<JobProblem>.Builder _problems = ImmutableArray.CreateBuilder<JobProblem>();
    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private readonly int _maxLineBytes = maxRequestBytes + EnvelopeBytes;
    private long _lineAt;
    private long _at;
    private int _number;
    private bool _isTooLong;

    public async ValueTask<BatchInput> ReadAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> file, CancellationToken cancellationToken)
    {
        await foreach (var piece in file.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (IsFull)
                break;
            Take(piece.Span);
        }

        EndLine();
        if (_lines.Count == 0 && _problems.Count == 0)
            _problems.Add(new JobProblem("empty_file", "The input file holds no request. Write one JSON object a line."));
        return new BatchInput(_lines, _problems.ToImmutable());
    }

    private bool IsFull => _problems.Count >= MaxProblems;

    private void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsFull)
        {
            var end = bytes.IndexOf((byte)'\n');
            Keep(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
                return;
            _at++;
            EndLine();
            bytes = bytes[(end + 1)..];
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        _at += bytes.Length;
        if (_isTooLong || bytes.Length > _maxLineBytes - _line.WrittenCount)
            _isTooLong = true;
        else
            _line.Write(bytes);
    }

    private void EndLine()
    {
        _number++;
        if (_isTooLong)
            Report(new JobProblem("line_too_long", $"The line is longer than {_maxLineBytes} bytes, the most a request may take.", _number));
        else
            ReadLine();
        _line.ResetWrittenCount();
        (_lineAt, _isTooLong) = (_at, false);
    }

    private void ReadLine()
    {
        var written = _line.WrittenSpan;
        var start = _number == 1 && written.StartsWith("\uFEFF"u8) ? 3 : 0;
        var line = written[start..];
        if (line.Trim(" \t\r"u8).IsEmpty)
            return;
        if (_lines.Count == MaxLines)
            Report(new JobProblem("too_many_requests", $"The file holds more than {MaxLines} requests. Split it into several batches.", _number));
        else if (!BatchLineReader.TryRead(line, _lineAt + start, endpoint, out var read, out var problem))
            Report(problem with { Line = _number });
        else if (!_customIds.Add(read.CustomId))
            Report(new JobProblem("duplicate_custom_id", $"The custom_id '{read.CustomId}' stands on an earlier line as well. Give every request its own.", _number, "custom_id"));
        else
            _lines.Add(read);
    }

    private void Report(JobProblem problem)
    {
        if (!IsFull)
            _problems.Add(problem);
    }
}

/// <summary>What a batch's file holds: its requests, or what is wrong with it.</summary>
internal sealed record BatchInput(List<BatchLine> Lines, ImmutableArray<JobProblem> Problems);
