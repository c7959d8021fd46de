using System.Collections.Immutable;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Alerts;

/// <summary>The alerts there are at present, as this instance last read them.</summary>
internal sealed class AlertBoard
{
    public static readonly AlertBoard Empty = new();

    private readonly ImmutableDictionary<string, AlertRow> _rows = ImmutableDictionary<string, AlertRow>.Empty;

    private AlertBoard()
    {
    }

    public AlertBoard(IEnumerable<AlertRow> rows, int messages)
    {
        _rows = rows.ToImmutableDictionary(static row => row.RowKey, StringComparer.Ordinal);
        Messages = messages;
    }

    /// <summary>Open ones, and those that have ended a moment ago.</summary>
    public IEnumerable<AlertRow> Rows => _rows.Values;

    public int Count => _rows.Count;

    /// <summary>Messages that wait.</summary>
    public int Messages { get; private init; }

    /// <summary>Those that are open.</summary>
    public IEnumerable<Alert> Open => _rows.Values.Where(static row => row.IsOpen).Select(static row => row.Alert);

    /// <summary>Those of a type that are open.</summary>
    public IEnumerable<AlertRow> OpenOf(AlertType type) => _rows.Values.Where(row => row.IsOpen && row.Alert.Type == type);

    public AlertRow? Find(AlertType type, string subject) => _rows.GetValueOrDefault(AlertTables.AlertKey(type, AlertCourse.SubjectOf(subject)));

    /// <summary>The same with a row in place of what was there, and so many messages more.</summary>
    public AlertBoard With(AlertRow row, int messages) => new(_rows.SetItem(row.RowKey, row)) { Messages = Messages + messages };

    /// <summary>The same without a row.</summary>
    public AlertBoard Without(AlertRow row) => new(_rows.Remove(row.RowKey)) { Messages = Messages };

    private AlertBoard(ImmutableDictionary<string, AlertRow> rows) => _rows = rows;
}
