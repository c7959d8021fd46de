using System.Net;
using System.Net.Sockets;

namespace ServerlessRouter.Http.Admin;

/// <summary>
/// Counts wrong keys by the address they come from, and says how long their answers are held back. Behind a proxy that is the proxy's address, so the right key is never
/// held back, and only one that is short enough to be guessed is refused while <see cref="MaxHeld"/> wrong ones wait.
/// </summary>
/// <remarks>Guessing from one address goes on at one key a second; a network of IPv6 counts as one address, because the owner of one of its addresses has them all.</remarks>
internal sealed class WrongKeys(TimeProvider time)
{
    /// <summary>Wrong keys in a row that are answered at once: mistakes.</summary>
    public const int FreeMistakes = 3;

    /// <summary>Answers of one address that are held back at a time; beyond them keys that could be guessed are not looked at.</summary>
    public const int MaxHeld = 4;

    /// <summary>Addresses remembered; the one not heard of for longest makes room.</summary>
    public const int MaxAddresses = 1024;

    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.5);

    /// <summary>An address that sends no wrong key for so long is forgotten.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(15);

    private const int NetworkBytes = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sender> _senders = [];
    private int _count;

    private sealed class Sender
    {
        public int InARow { get; set; }

        public int Held { get; set; }

        public long LastAt { get; set; }
    }

    /// <summary>No address is remembered.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Wrong keys came from this address lately, more than mistakes explain.</summary>
    public bool IsSuspect(string sender)
    {
        lock (_gate)
            return _senders.TryGetValue(sender, out var known) && known.InARow >= FreeMistakes && time.GetElapsedTime(known.LastAt) <= Remembered;
    }

    /// <summary>So many answers of this address are held back that its keys are not looked at for now.</summary>
    public bool IsFull(string sender)
    {
        lock (_gate)
            return _senders.TryGetValue(sender, out var known) && known.Held >= MaxHeld;
    }

    /// <summary>Counts a wrong key: how many that are in a row, and how long its answer is held back. Followed by <see cref="Release"/>.</summary>
    public (int InARow, TimeSpan Delay) Add(string sender)
    {
        lock (_gate)
        {
            if (!_senders.TryGetValue(sender, out var known))
            {
                MakeRoom();
                _senders[sender] = known = new Sender();
                Volatile.Write(ref _count, _senders.Count);
            }
            else if (time.GetElapsedTime(known.LastAt) > Remembered)
            {
                known.InARow = 0;
            }

            known.InARow++;
            known.Held++;
            known.LastAt = time.GetTimestamp();
            return (known.InARow, DelayAfter(known.InARow));
        }
    }

    /// <summary>The answer that was held back goes out.</summary>
    public void Release(string sender)
    {
        lock (_gate)
        {
            if (_senders.TryGetValue(sender, out var known))
                known.Held--;
        }
    }

    /// <summary>The right key came.</summary>
    public void Forgive(string sender)
    {
        lock (_gate)
        {
            if (_senders.TryGetValue(sender, out var known))
                known.InARow = 0;
        }
    }

    /// <summary>Whom wrong keys of an address are counted for.</summary>
    public static string SenderOf(IPAddress? address) => address switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => $"{new IPAddress([.. address.GetAddressBytes()[..NetworkBytes], .. new byte[NetworkBytes]])}/64",
        _ => address.ToString(),
    };

    private static TimeSpan DelayAfter(int inARow)
    {
        if (inARow <= FreeMistakes)
            return TimeSpan.Zero;
        var doublings = Math.Min(inARow - FreeMistakes - 1, 8);
        return TimeSpan.FromTicks(Math.Min(FirstDelay.Ticks << doublings, MaxDelay.Ticks));
    }

    /// <summary>An address whose answers are held back is not forgotten: its count would begin anew.</summary>
    private void MakeRoom()
    {
        if (_senders.Count < MaxAddresses)
            return;
        var oldest = _senders.Where(static known => known.Value.Held == 0).OrderBy(static known => known.Value.LastAt).Select(static known => known.Key).FirstOrDefault();
        _senders.Remove(oldest ?? _senders.Keys.First());
    }
}
