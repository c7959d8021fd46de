using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>Where an answer of the usual kind tells what each request is told anew; empty for what it does not tell.</summary>
internal readonly record struct UsualAnswer(JsonRange Id, JsonRange Created);
