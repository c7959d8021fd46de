using ServerlessRouter.Chat;

namespace ServerlessRouter.Dispatch;

/// <summary>What came of a call beside a request: the vendor's answer, for the asker to dispose of, or why there is none.</summary>
internal readonly record struct SideAnswer(ChatAnswer? Answer, string? Problem);
