namespace ServerlessRouter.Providers;

/// <summary>One event with data, as offsets into the buffer of the <see cref="SseEventReader"/> that found it.</summary>
/// <param name="Start">Where its first line begins.</param>
/// <param name="End">Behind its blank line.</param>
/// <param name="DataStart">Its data, several lines already joined.</param>
/// <param name="DataLength">Bytes of data.</param>
/// <param name="IsPlain">It is one <c>data:</c> line and a blank one, both ended by a line feed, so its bytes may go on as they are.</param>
internal readonly record struct SseEvent(int Start, int End, int DataStart, int DataLength, bool IsPlain);
