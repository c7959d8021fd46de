using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// Gives the calls of a conversation ids that the vendor takes, at most 64 characters and each only once, and finds the call that a result answers. Other vendors' ids are long, or begin
/// anew with every answer.
/// </summary>
internal sealed class ResponsesCalls
{
    private const int MaxIdLength = 64;
    private const int HashDigits = 16;

    private readonly Dictionary<string, int> _resultsToCome = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly List<ResponsesCall> _open = [];

    /// <summary>Counts the results of each id, by which is known whether a call will be answered.</summary>
    public void CountResults(JsonElement messages)
    {
        foreach (var message in messages.EnumerateArray())
        {
            if (LooseJson.Text(message, "role") is "tool" && LooseJson.Text(message, "tool_call_id") is { Length: > 0 } id)
                _resultsToCome[id] = _resultsToCome.GetValueOrDefault(id) + 1;
        }
    }

    /// <summary>A new call under the caller's id, null where it has none. Answers with the one that goes up.</summary>
    public string Add(string? id, string name, bool isCustom)
    {
        var call = new ResponsesCall(Distinct(Short(string.IsNullOrEmpty(id) ? "call" : id)), id, name, isCustom);
        _open.Add(call);
        return call.Id;
    }

    /// <summary>The call that a result answers: the first open one of its id, without an id that of its name, without both the first; null when there is none.</summary>
    public ResponsesCall? Answer(string? id, string? name)
    {
        if (id is { Length: > 0 } && _resultsToCome.TryGetValue(id, out var left))
            _resultsToCome[id] = left - 1;
        var found = _open.FindIndex(call => id is { Length: > 0 } ? call.GivenId == id : name is null || call.Name == name);
        if (found < 0)
            return null;
        var answered = _open[found];
        _open.RemoveAt(found);
        return answered;
    }

    /// <summary>The open calls whose result will not come; they are open no longer. Those without an id of their own are answered at once or never.</summary>
    public List<ResponsesCall> TakeUnanswered()
    {
        if (_open.Count == 0)
            return [];
        var unanswered = _open.FindAll(call => call.GivenId is not { Length: > 0 } given || _resultsToCome.GetValueOrDefault(given) == 0);
        _open.RemoveAll(unanswered.Contains);
        return unanswered;
    }

    /// <summary>A long id keeps its beginning, and a hash in place of the rest.</summary>
    private static string Short(string id) => id.Length <= MaxIdLength
        ? id
        : string.Concat(id.AsSpan(0, MaxIdLength - HashDigits), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))).AsSpan(0, HashDigits));

    private string Distinct(string id)
    {
        var distinct = id;
        for (var number = 2; !_taken.Add(distinct); number++)
        {
            var suffix = $"_{number.ToString(CultureInfo.InvariantCulture)}";
            distinct = string.Concat(id.AsSpan(0, Math.Min(id.Length, MaxIdLength - suffix.Length)), suffix);
        }

        return distinct;
    }
}

/// <summary>A call of the conversation.</summary>
/// <param name="Id">What it goes up as.</param>
/// <param name="GivenId">The caller's id; null where it has none.</param>
/// <param name="Name">The tool's.</param>
/// <param name="IsCustom">The tool takes text in place of arguments.</param>
internal sealed record ResponsesCall(string Id, string? GivenId, string Name, bool IsCustom);
