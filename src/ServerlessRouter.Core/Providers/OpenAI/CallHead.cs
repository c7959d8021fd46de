using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>The opening of a tool call in a chunk: what it is of, and where its id and name stand.</summary>
internal readonly record struct CallHead(int Choice, int Index, JsonRange Id, JsonRange Name);
