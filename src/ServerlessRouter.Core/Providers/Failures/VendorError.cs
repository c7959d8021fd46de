using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ServerlessRouter.Providers.Failures;

/// <summary>An error as a vendor wrote it, whatever its schema; <see cref="VendorErrorReader"/> lists the shapes.</summary>
internal sealed record VendorError
{
    /// <summary>Nothing that could be read.</summary>
    public static readonly VendorError Unknown = new();

    /// <summary>The reason for people, of the vendor that is nearest to it: of errors inside errors the innermost.</summary>
    public string? Message { get; init; }

    public string? Type { get; init; }

    public string? Code { get; init; }

    public string? Param { get; init; }

    /// <summary>Every code, type, status and reason in the error, in the form of <see cref="VendorWording.SignOf"/>.</summary>
    public IReadOnlySet<string> Signs { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Codes of errors without a type, in the same form.</summary>
    public IReadOnlySet<string> BareCodes { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Every text for people in the error, outermost first, made plain.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];

    /// <summary>An HTTP status that the error states, as OpenRouter, Gemini and problem documents do.</summary>
    public int? Status { get; init; }

    /// <summary>A vendor that passes on what another one answered, as OpenRouter does, says nothing but that: what was wrong stands further in, if anywhere.</summary>
    public bool IsPassedOn => Texts.Contains(VendorErrorReader.PassedOn, StringComparer.OrdinalIgnoreCase);

    /// <summary>The HTTP status of the error that is passed on in OpenRouter's <c>metadata.raw</c>, where it states one.</summary>
    public int? PassedOnStatus { get; init; }

    /// <summary>How long to wait by a member of the error, as Gemini's <c>retryDelay</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>When to come back by a member of the error, as OpenRouter's <c>metadata.headers</c>.</summary>
    public DateTimeOffset? ResetAt { get; init; }

    /// <summary>Azure's <c>innererror</c> as it came.</summary>
    public string? InnerJson { get; init; }

    /// <summary>OpenRouter's <c>metadata</c> as it came.</summary>
    public string? MetadataJson { get; init; }

    /// <summary>The body is an error in OpenAI's schema and nothing else, so it may go on as it stands.</summary>
    public bool IsOpenAI { get; init; }

    /// <summary>There is an error in what was read.</summary>
    public bool IsSaid => Message is not null || Signs.Count > 0 || !Texts.IsEmpty;

    /// <summary>Reads a body; <see cref="Unknown"/> when nothing in it can be understood.</summary>
    public static VendorError Read(ReadOnlyMemory<byte> body) => VendorErrorReader.Read(body);

    /// <summary>Reads the value of an <c>error</c> member: an object or a text.</summary>
    public static VendorError OfObject(ReadOnlyMemory<byte> error) => Read((byte[])[.. "{\"error\":"u8, .. error.Span, (byte)'}']);

    /// <summary>The code, the type, a status or a reason is this word, given as <see cref="VendorWording.SignOf"/> makes it.</summary>
    public bool Says(string sign) => Signs.Contains(sign);
}
