using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Doors;
using ServerlessRouter.Doors.Messages;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Providers.Anthropic;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Providers.Responses;
using ServerlessRouter.Providers.Upstream;
using ServerlessRouter.Tools.MeasureDoors;

namespace ServerlessRouter.Benchmarks;

/// <summary>What a door adds to a request: reading it, writing it for the vendor, reading the vendor's answer and writing the caller's; without pipeline and sockets.</summary>
public class DoorBenchmarks
{
    private const int MaxAnswerBytes = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _written = new(256 * 1024);
    private readonly ChatRequestPatch _patch = new("gpt-5.4-mini", ParameterAdaptation.Nothing);
    private ApiDoor? _door;
    private IChatMapper _mapper = null!;
    private bool _passes;
    private byte[] _request = [];
    private byte[] _streamRequest = [];
    private byte[] _answer = [];
    private byte[] _stream = [];

    /// <summary>Door and vendor.</summary>
    [ParamsSource(nameof(AllWays))]
    public string Way { get; set; } = "chat to chat";

    public static IEnumerable<string> AllWays => Row.All.Where(static row => row.Form == AnswerForm.Whole).Select(static row => row.Way);

    [GlobalSetup]
    public void Prepare()
    {
        var whole = Row.All.First(row => row.Way == Way && row.Form == AnswerForm.Whole);
        _door = whole.Door switch { Paths.Chat => null, Paths.Messages => MessagesDoor.Instance, _ => ResponsesDoor.Instance };
        _passes = whole.Door == whole.Vendor;
        var (messages, responses) = (new AnthropicMapper(TimeProvider.System), new ResponsesMapper(static deployment => deployment.Provider.Endpoint!, TimeProvider.System));
        _mapper = whole.Vendor switch
        {
            Paths.Chat => new OpenAIMapper(),
            Paths.Messages => _passes ? new MessagesPassage(messages) : messages,
            _ => _passes ? new ResponsesPassage(responses) : responses,
        };
        (_request, _streamRequest) = (Encoding.UTF8.GetBytes(whole.Body), Encoding.UTF8.GetBytes((whole with { Form = AnswerForm.Stream }).Body));
        (_answer, _stream) = (Answers.Whole(whole.Vendor), [.. Answers.Events(whole.Vendor).SelectMany(static item => item)]);
    }

    [Benchmark]
    public int Whole()
    {
        _written.ResetWrittenCount();
        using var request = Read(_request);
        WriteRequest(request);
        using var answer = _mapper.ReadAnswer(Pooled(_answer), _answer.Length).Answer!;
        if (_door is not null && answer.Schema == WireSchema.Chat)
            _door.WriteAnswer(TermsOf(request), answer.Body, _written);
        return _written.WrittenCount;
    }

    [Benchmark]
    public async ValueTask<int> Stream()
    {
        _written.ResetWrittenCount();
        using var request = Read(_streamRequest);
        WriteRequest(request);
        await using var stream = _mapper.OpenStream(UpstreamBody.Of(Pooled(_stream), _stream.Length, TimeProvider.System, MaxAnswerBytes));
        using var translated = _door is not null && stream.Schema == WireSchema.Chat ? _door.OpenStream(TermsOf(request)) : null;
        var passed = translated is null ? _door?.WatchPassed() : null;
        while (await stream.ReadAsync(CancellationToken.None))
        {
            if (translated is not null)
                translated.Take(stream.Batch, _written);
            else
                _written.Write(stream.Batch.Span);
            passed?.Take(stream.Batch.Span);
        }

        translated?.End(_written);
        return _written.WrittenCount;
    }

    private ChatRequest Read(byte[] body)
    {
        if (_door is null)
            return ChatRequestScanner.TryScan(Pooled(body), body.Length, out var request, out var error) ? request : throw new InvalidOperationException(error.Message);
        return _door.TryRead(Pooled(body), body.Length, out var read, out var refused) ? read : throw new InvalidOperationException(refused.Message);
    }

    private void WriteRequest(ChatRequest request)
    {
        using var body = _passes && request.Door is { } door ? _patch.Apply(door) : _patch.Apply(request);
        body.WriteTo(_written);
        _written.ResetWrittenCount();
    }

    private static DoorTerms TermsOf(ChatRequest request) => new("r-1", request.Door!.Body, "gpt-5.4-mini", 20, DateTimeOffset.UnixEpoch);

    private static byte[] Pooled(byte[] bytes)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(pooled, 0);
        return pooled;
    }
}
