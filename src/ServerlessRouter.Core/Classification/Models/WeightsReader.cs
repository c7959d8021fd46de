using System.Text.Json;

namespace ServerlessRouter.Classification.Models;

/// <summary>What reads weights of one kind.</summary>
/// <param name="Kind">A kind of <see cref="WeightsFormat"/>.</param>
/// <param name="Read">From the root of the file; throws as the JSON reader does, or <see cref="InvalidDataException"/>, where the content does not fit.</param>
internal sealed record WeightsReader<T>(string Kind, Func<JsonElement, T> Read)
    where T : class;
