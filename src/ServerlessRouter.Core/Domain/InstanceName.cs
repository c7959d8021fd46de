namespace ServerlessRouter.Domain;

/// <summary>Names an instance in leases and in rows of its own.</summary>
public static class InstanceName
{
    private const string Letters = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>60 random bits, so that no two instances of a fleet, present or past, share a name.</summary>
    public static string Create(IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return string.Create(12, random, static (name, random) =>
        {
            foreach (ref var letter in name)
                letter = Letters[random.Next(Letters.Length)];
        });
    }
}
