using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ServerlessRouter.State.Sqlite;

/// <summary>Moves what routers up to 0.1 kept in a journal into the database, once: in the transaction that makes the database, and the journal goes only when that is on the disk.</summary>
internal sealed partial class JournalMigration
{
    private const string FileName = "journal";
    private const string SuccessorName = "journal.new";

    private readonly string _folder;
    private readonly string _path;
    private readonly ILogger _logger;

    public JournalMigration(string folder, ILogger logger)
    {
        (_folder, _logger) = (folder, logger);
        _path = Path.Combine(folder, FileName);
    }

    /// <summary>Writes the journal's rows, where there is a journal.</summary>
    /// <exception cref="StateDamagedException">The journal is damaged.</exception>
    public void Fill(DatabaseFile file, SqliteConnection connection)
    {
        if (!File.Exists(_path))
            return;
        using var rows = new RowWriter(connection, file.RowDamaged);
        rows.Begin();
        var tornBytes = JournalReader.Read(_path, (table, row, isRemoval) => rows.Set(table.ToLowerInvariant(), row, isRemoval));
        rows.WriteSizes();
        using var mark = connection.Prepare("INSERT INTO migrated VALUES ($journal)", ("$journal", SqliteType.Text));
        mark.Parameters[0].Value = Mark();
        mark.ExecuteNonQuery();
        LogMigrated(rows.RowsWritten, _path, tornBytes);
    }

    /// <summary>Removes a journal that the database has. A crash may have come between, so this is tried at every start.</summary>
    /// <exception cref="StateDamagedException">The journal is not the one that the database was made from.</exception>
    public void Finish(SqliteConnection connection)
    {
        // A successor that never got the journal's name was not finished.
        File.Delete(Path.Combine(_folder, SuccessorName));
        if (!File.Exists(_path))
            return;
        if (connection.Text("SELECT max(journal) FROM migrated") != Mark())
        {
            throw new StateDamagedException(
                $"The state folder '{_folder}' has a database ({DatabaseFile.FileName}) and a journal of an earlier router ({FileName}) that is not in it. " +
                "Move one of them away: without the database the journal is taken over, without the journal the database counts.");
        }

        File.Delete(_path);
    }

    private string Mark()
    {
        var file = new FileInfo(_path);
        return string.Create(CultureInfo.InvariantCulture, $"{file.Length} bytes of {file.LastWriteTimeUtc:O}");
    }

    [LoggerMessage(1, LogLevel.Information, "Moved {Changes} changes of rows from the journal {Path} into the database; {TornBytes} bytes of an unfinished write at its end were left out")]
    private partial void LogMigrated(int changes, string path, long tornBytes);
}
