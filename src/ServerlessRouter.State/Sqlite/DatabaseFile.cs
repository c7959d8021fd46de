using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace ServerlessRouter.State.Sqlite;

/// <summary>The database on disk: made, checked and opened for one writer and several readers.</summary>
/// <remarks>
/// <para>Keys are text in UTF-16, high byte first, because that alone sorts in SQLite as .NET's ordinal order does.</para>
/// <para>Rows lie in the order of their first writing, with an index over their keys: a tree of rows in key order, which a table without row ids is, splits pages all the time and writes twice as much.</para>
/// <para>A commit is on the disk when it is answered (<c>synchronous=FULL</c> in WAL mode).</para>
/// </remarks>
internal sealed class DatabaseFile
{
    public const string FileName = "router.db";

    // "SROU": tells file(1) and a reader of the file whose it is.
    private const int ApplicationId = 0x53524F55;
    private const int SchemaVersion = 1;

    // A larger file is not read whole at every start; its rows have checksums of their own.
    private const long MaxCheckedBytes = 64 * 1024 * 1024;

    // A write of another program on the same file is waited for as long.
    private const int BusySeconds = 2;

    private const string WriteAhead = "PRAGMA journal_mode = WAL";
    private const int HeaderBytes = 100;
    private const int Corrupt = 11;
    private const int NoDatabase = 26;

    private static readonly string[] Tables = ["entities", "sizes", "migrated"];

    private static readonly string[] Suffixes = ["", "-wal", "-shm"];

    private DatabaseFile(string path) => Path = path;

    public string Path { get; }

    /// <summary>Whether there was a log when the file was opened: the run before did not close it.</summary>
    public bool HasLog { get; private init; }

    /// <summary>Opens the folder's database and makes it where there is none.</summary>
    /// <param name="folder">The state folder.</param>
    /// <param name="fill">Called in the transaction that makes the database.</param>
    /// <exception cref="StateDamagedException">The file is no database, is damaged, or was written by a newer router.</exception>
    public static DatabaseFile Open(string folder, Action<DatabaseFile, SqliteConnection> fill)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(folder), FileName);
        var file = new DatabaseFile(path) { HasLog = new FileInfo(path + "-wal") is { Exists: true, Length: > 0 } };
        file.KeepOthersOut();
        file.CheckLength();
        file.CheckLog();
        try
        {
            using var connection = file.Connect();
            file.Prepare(connection, fill);
            return file;
        }
        catch (SqliteException failure) when (IsDamage(failure))
        {
            throw file.Damaged(failure.Message, failure);
        }
    }

    /// <summary>True when the file, not the disk or another process, is what is wrong.</summary>
    public static bool IsDamage(SqliteException failure) => failure.SqliteErrorCode is Corrupt or NoDatabase;

    public SqliteConnection OpenWriter()
    {
        var connection = Connect();
        connection.Execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
        return connection;
    }

    public SqliteConnection OpenReader()
    {
        var connection = Connect();
        connection.Execute("PRAGMA query_only = ON");
        return connection;
    }

    /// <summary>Writes the database without what was deleted.</summary>
    /// <remarks>SQLite makes a copy first, which would go to the system's folder for temporary files: that may be too small, read-only, or on a disk where prompts do not belong.</remarks>
    public void WriteAnew(SqliteConnection connection)
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!.Replace("'", "''", StringComparison.Ordinal);
        connection.Execute($"PRAGMA temp_store_directory = '{folder}'; VACUUM");
    }

    public StateDamagedException RowDamaged(string partitionKey, string rowKey) => Damaged($"its row '{partitionKey}'/'{rowKey}' is not what was written.");

    public StateDamagedException Damaged(string how, Exception? cause = null) => new(
        $"The database '{Path}' is damaged: {how} Restore it from a backup, save what can be read (docs/operations.md, Damage, says how), " +
        "or move it away together with its -wal and -shm to begin empty.",
        cause);

    private SqliteConnection Connect()
    {
        var text = new SqliteConnectionStringBuilder { DataSource = Path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = BusySeconds };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();
            connection.Execute($"PRAGMA busy_timeout = {1000 * BusySeconds}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // SQLite gives the files beside the database the database's own mode.
    private void KeepOthersOut()
    {
        using (var database = File.OpenHandle(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
            OwnerOnly.Restrict(database);
        foreach (var suffix in Suffixes)
            OwnerOnly.Restrict(Path + suffix);
    }

    // SQLite takes a file for whole whose last page is cut. With a log the file may be shorter than it says, because pages come into it one by one.
    private void CheckLength()
    {
        using var database = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(database);
        // The first page is there before the log is, and SQLite throws the log of an empty file away.
        if (HasLog && length == 0)
            throw Damaged("it is empty, and its log is not.");
        if (HasLog)
            return;
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (length == 0 || (RandomAccess.Read(database, header, 0) == HeaderBytes && length >= StatedLength(header)))
            return;
        throw Damaged($"it has {length} bytes and should have more.");
    }

    private void CheckLog()
    {
        // SQLite makes the log before the index over it and removes it after that, and what a killed process leaves behind has both.
        if (!File.Exists(Path + "-wal") && File.Exists(Path + "-shm") && new FileInfo(Path).Length > 0)
        {
            throw new StateDamagedException(
                $"The log '{Path}-wal' of the database is missing: '{Path}-shm' shows that the router before ended without closing the database, and what it wrote last lay in the log. Put the log back. " +
                $"If the database is a backup that was put there, or what was written last may be lost, delete '{Path}-shm' too.");
        }

        if (!HasLog || LogCheck.FindDamage(Path + "-wal") is not { } damage)
            return;
        throw new StateDamagedException(
            $"The log '{Path}-wal' of the database is damaged at byte {damage}, and what was written after that would be lost. It was left as it is. Restore the database from a backup, " +
            $"or cut the log to {damage} bytes to keep what is before the damage and lose what is after.");
    }

    // https://www.sqlite.org/fileformat.html, 1.3: the page size, where 1 stands for 64 KiB, and the number of pages.
    private static long StatedLength(ReadOnlySpan<byte> header)
    {
        var pageBytes = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        return (pageBytes == 1 ? 65536L : pageBytes) * BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
    }

    private void Prepare(SqliteConnection connection, Action<DatabaseFile, SqliteConnection> fill)
    {
        if (connection.Number("PRAGMA user_version") == 0)
        {
            if (connection.Number("SELECT count(*) FROM sqlite_schema") > 0)
                throw OfAnotherProgram();
            // Counts only while the file is empty.
            connection.Execute("PRAGMA encoding = 'UTF-16be'");
            connection.Execute(WriteAhead);
            Make(connection, fill);
        }

        if (connection.Number("PRAGMA application_id") != ApplicationId)
            throw OfAnotherProgram();
        if (connection.Number("PRAGMA user_version") is > SchemaVersion and var version)
            throw new StateDamagedException($"The database '{Path}' was written by a newer router (format {version}, and this one knows {SchemaVersion}). Start that one, or give this one a folder of its own.");
        if (new FileInfo(Path).Length <= MaxCheckedBytes && connection.Text("PRAGMA integrity_check(1)") is not "ok" and var finding)
            throw Damaged($"{finding}.");
        foreach (var table in Tables)
        {
            if (connection.Number($"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '{table}'") == 0)
                throw Damaged($"it has no table '{table}'.");
        }

        // A copy by VACUUM INTO, or of what could be saved, is not in this mode.
        connection.Execute(WriteAhead);
    }

    private StateDamagedException OfAnotherProgram() => new($"The database '{Path}' is not a router's and was left as it is. Move it away, or give the router a folder of its own.");

    private void Make(SqliteConnection connection, Action<DatabaseFile, SqliteConnection> fill)
    {
        connection.Execute("PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
        connection.Execute(
            "CREATE TABLE entities (tbl TEXT NOT NULL, pk TEXT NOT NULL, rk TEXT NOT NULL, etag TEXT NOT NULL, time INTEGER NOT NULL, props BLOB NOT NULL, PRIMARY KEY (tbl, pk, rk)); " +
            "CREATE TABLE sizes (tbl TEXT NOT NULL PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID; " +
            "CREATE TABLE migrated (journal TEXT NOT NULL)");
        fill(this, connection);
        connection.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion}; COMMIT");
    }
}
