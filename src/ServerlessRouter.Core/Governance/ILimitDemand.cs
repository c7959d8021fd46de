namespace ServerlessRouter.Governance;

/// <summary>Shares what is given back again and again among the instances that want some of it, so that one that is always busy lets the others have their part. Never waits.</summary>
public interface ILimitDemand
{
    /// <summary>The store has not answered for a while: what the others use is not known.</summary>
    bool IsStoreAway { get; }

    /// <summary>This instance has requests that wait for some of it; the others hear of it with this one's next sign of life.</summary>
    void Want(LimitSubject subject);

    /// <summary>How much of an amount this instance may have in use while others want some of it, too; all of it where none does.</summary>
    int ShareOf(LimitSubject subject, int amount);
}
