using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.State;

namespace ServerlessRouter.Governance.Leases;

/// <summary>Where limits stand in the table store.</summary>
/// <remarks>
/// <code>
/// limits  SHARD     | t.WINDOW[.START].HASH                   what all instances were granted and have settled of one limit of one subject in one window
///                   | i.INSTANCE.WINDOW[.START].HASH.COUNTER  what one of them was granted and has settled
///         instances | INSTANCE                                its sign of life; whether its grants were taken back
/// </code>
/// A total and its instances' rows stand in one partition, so each change of both is one transaction, and one transaction takes the changes of many limits.
/// </remarks>
internal static class LeaseTables
{
    public const string Limits = "limits";

    public const string Instances = "instances";

    /// <summary>Few, so that a transaction finds many counters to take; a key, its end users and its sessions are in one.</summary>
    public const int Shards = 4;

    public static string Partition(int shard) => $"{shard}";

    public static string Total(string key) => $"t.{key}";

    /// <summary>A counter that was given away and is made anew has a row of its own, so no row is ever written by two.</summary>
    public static string Part(string instance, LeaseCounter counter) => $"i.{instance}.{counter.Key}.{counter.Number}";

    /// <summary>Every row of an instance.</summary>
    public static TableKeyRange PartsOf(string instance) => TableKeyRange.Prefix($"i.{instance}.");

    /// <summary>The key of the total that a row of an instance is part of.</summary>
    public static string TotalOf(string instance, string partKey) => Total(partKey["i..".Length..partKey.LastIndexOf('.')][instance.Length..]);

    public static string Key(LimitWindow window, WindowSpan span, LimitHash hash) =>
        span.End is null ? $"{WindowSpan.Letter(window)}.{hash}" : $"{WindowSpan.Letter(window)}.{WindowSpan.Write(span.Start)}.{hash}";

    /// <summary>Rows of windows that began before a moment, behind a beginning of the key such as <c>t.</c></summary>
    public static TableKeyRange Before(string beginning, LimitWindow window, DateTimeOffset start)
    {
        var prefix = $"{beginning}{WindowSpan.Letter(window)}.";
        return TableKeyRange.Between(prefix, prefix + WindowSpan.Write(start));
    }

    /// <summary>Rows of windows that have no start, behind a beginning of the key.</summary>
    public static TableKeyRange Lasting(string beginning, LimitWindow window) => TableKeyRange.Prefix($"{beginning}{WindowSpan.Letter(window)}.");

    /// <summary>The shard of a subject: that of its key where a key names it.</summary>
    public static int ShardOf(LimitSubject subject)
    {
        var name = subject.Kind is SubjectKind.EndUser or SubjectKind.Session ? SubjectNames.KeyOf(subject.Name) : subject.Name;
        return SHA256.HashData(Encoding.UTF8.GetBytes(name))[0] % Shards;
    }

    /// <summary>The same for the same limit of the same subject, on every instance; safe in a key, and it tells no end user's name.</summary>
    public static LimitHash Hash(LimitSubject subject, LimitModel limit)
    {
        var text = $"{subject.Kind}\n{limit.Name}\n{limit.Measure}\n{subject.Name}";
        return new LimitHash(BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }
}

/// <summary>Names one limit of one subject in the store.</summary>
internal readonly record struct LimitHash(UInt128 Value)
{
    /// <summary>32 digits in lower case.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>What a row tells: of all instances together, or of one.</summary>
/// <param name="Granted">Handed out in this window and not given back.</param>
/// <param name="Settled">Of it, used for good.</param>
/// <param name="ETag">Null for a row that is not there.</param>
internal readonly record struct LeaseRow(long Granted, long Settled, string? ETag)
{
    public static LeaseRow Read(TableEntity? row) => row is null
        ? default
        : new LeaseRow(row[nameof(Granted)].AsInt64(), row[nameof(Settled)].AsInt64(), row.ETag);

    /// <summary>Inserts the row, or replaces the one that was read if it is still the same.</summary>
    public TableOperation Write(int shard, string rowKey)
    {
        var entity = new TableEntity(LeaseTables.Partition(shard), rowKey) { [nameof(Granted)] = Granted, [nameof(Settled)] = Settled };
        return ETag is null ? TableOperation.Insert(entity) : TableOperation.UpdateReplace(entity, ETag);
    }
}
