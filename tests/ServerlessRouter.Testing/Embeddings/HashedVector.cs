namespace ServerlessRouter.Testing.Embeddings;

/// <summary>A vector made on this machine: texts that share words point in like directions, and the same text always has the same one.</summary>
public static class HashedVector
{
    public const int DefaultDimensions = 32;

    public static float[] Of(string text, int dimensions = DefaultDimensions)
    {
        var vector = new float[dimensions];
        foreach (var word in text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var state = 14695981039346656037UL;
            foreach (var letter in word)
                state = (state ^ letter) * 1099511628211;
            for (var place = 0; place < dimensions; place++)
            {
                state = (state * 6364136223846793005) + 1442695040888963407;
                vector[place] += ((state >> 40) / (float)(1 << 23)) - 1;
            }
        }

        return vector;
    }
}
