namespace ServerlessRouter.Providers.Upstream;

/// <summary>One event with data, as offsets into the buffer of the <see cref="SseEventReader"/> that found it.</summary>
/// <param name="Start">Where its first line begins.</param>
/// <param name="End">Behind its blank line.</param>
/// <param name="DataStart">Its data, several lines already joined.</param>
/// <param name="DataLength">Bytes of data.</param>
/// <param name="IsPlain">It is one <c>data:</c> line and a blank one, both ended by a line feed, so its bytes may go on as they are.</param>
internal readonly record struct SseEvent(int Start, int End, int DataStart, int DataLength, bool IsPlain)
{
    /// <summary>Its name is <c>error</c>, whatever its data look like.</summary>
    public bool IsError { get; init; }

    /// <summary>It came without <c>data:</c>, as a document between others or alone, so there is no room for that before it.</summary>
    public bool IsBare { get; init; }
}
