using System.Text.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Where the results of calls stand in the input. Vendors that number their calls in each turn use an id again, so the results of one id belong to its calls in their order.</summary>
internal sealed class CallResults
{
    private readonly Dictionary<string, Queue<int>> _ofCall = new(StringComparer.Ordinal);
    private readonly HashSet<int> _taken = [];

    public CallResults(IReadOnlyList<JsonElement> items)
    {
        for (var place = 0; place < items.Count; place++)
        {
            if (items[place].ValueKind != JsonValueKind.Object || InputItems.KindOf(items[place]) != InputItemKind.CallResult
                || !items[place].TryGetProperty("call_id"u8, out var id) || id.ValueKind != JsonValueKind.String)
                continue;
            var name = id.GetString()!;
            if (!_ofCall.TryGetValue(name, out var places))
                _ofCall[name] = places = new Queue<int>();
            places.Enqueue(place);
        }
    }

    /// <summary>The result of the call at <paramref name="place"/>, which is written now; null when none follows it.</summary>
    public int? TakeOf(string id, int place)
    {
        if (!_ofCall.TryGetValue(id, out var places))
            return null;
        while (places.TryDequeue(out var result))
        {
            if (result > place && _taken.Add(result))
                return result;
        }

        return null;
    }

    /// <summary>False when the result was written with its call.</summary>
    public bool Take(int place) => _taken.Add(place);
}
