using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>One string of message text inside the request's bytes.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Message">Index of the message it belongs to.</param>
/// <param name="Range">The string without its quotes, JSON escapes kept.</param>
/// <param name="IsEscaped">Whether there are escapes to decode.</param>
public readonly record struct TextPiece(MessageRole Role, int Message, JsonRange Range, bool IsEscaped);
