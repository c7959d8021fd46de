namespace ServerlessRouter.FunctionalTests;

/// <summary>Prompts as people write them, six for each task the router tells apart.</summary>
internal static class SamplePrompts
{
    public static readonly string[] All =
    [
        // Code
        "Write a Python function that merges two sorted lists without using sort().",
        "Why does this C# loop throw 'Collection was modified'? foreach (var x in list) if (x < 0) list.Remove(x);",
        "Refactor this SQL to avoid the correlated subquery: SELECT * FROM orders o WHERE total = (SELECT MAX(total) FROM orders WHERE customer = o.customer);",
        "Explain what `git rebase --onto main topic~3 topic` does and when I would need it.",
        "Give me a bash one-liner that deletes all files older than 30 days below /var/tmp, but asks first.",
        "Add unit tests for `function slugify(s) { return s.trim().toLowerCase().replace(/[^a-z0-9]+/g, '-'); }`.",

        // Mathematics
        "Solve 3x^2 - 12x + 9 = 0 and show each step.",
        "A train leaves at 14:05 with 80 km/h, a second one at 14:35 with 120 km/h on the same line. When does it catch up?",
        "What is the probability of at least one six in four throws of a fair die?",
        "Compute the determinant of [[2,1,0],[1,3,1],[0,1,4]].",
        "Prove that the sum of the first n odd numbers is n squared.",
        "If 7 painters need 12 days, how many days do 4 painters need for the same house?",

        // Facts
        "In which year was the Treaty of Westphalia signed, and which wars did it end?",
        "What is the boiling point of water at 3000 metres above the sea?",
        "Who wrote 'The Tin Drum', and in what language?",
        "Which river flows through Vienna, Budapest and Belgrade?",
        "How many bones does an adult human have?",
        "What does the abbreviation RFC stand for on the internet?",

        // Reasoning
        "All bloops are razzies and some razzies are lazzies. Are some bloops necessarily lazzies? Explain.",
        "Five people sit in a row. Anna is not next to Ben, Carl sits in the middle, Dora is left of Ben. Who can sit at the ends?",
        "Should a small bakery lease or buy its oven? Weigh cash flow, taxes and risk, and come to a decision.",
        "Our sign-ups fell by 30 % after we added a captcha, but spam fell too. What would you look at before deciding anything?",
        "I have a fox, a goose and a bag of beans and one boat with room for me and one of them. How do I cross the river?",
        "Which of these three explanations fits the data best, and what single measurement would separate them?",

        // Creative
        "Write a limerick about a lighthouse keeper who is afraid of the dark.",
        "Invent three names for a coffee shop inside an old fire station.",
        "Tell a bedtime story in which a snail wins a race without cheating.",
        "Write the opening paragraph of a detective novel set on a container ship.",
        "Compose a haiku about the first frost on a bicycle seat.",
        "Give me a toast for a colleague who retires after forty years at the same desk.",

        // Summaries
        "Summarize in two sentences: The council met on Tuesday to discuss the bridge. Repairs will take two years and cost four million. Trucks are banned from May on.",
        "TL;DR of this thread: Kim wants to ship on Friday, Lee found a data loss bug, Sam can fix it by Monday, the customer has agreed to wait.",
        "Boil the following down to three bullet points for a busy manager: revenue rose 4 %, costs rose 9 %, two plants merged, and hiring is frozen until autumn.",
        "Shorten this abstract to 50 words: We study how routing decisions between language models affect cost and quality across ten thousand real conversations.",
        "What are the key points of this mail? 'Hi all, the office moves on the 3rd. Please pack by the 1st. Plants go separately. Thanks, Mo'",
        "Condense the minutes: 1. Budget approved. 2. Website postponed. 3. New treasurer elected. 4. Next meeting in June.",

        // Translation
        "Translate into French: The train to Lyon leaves from platform nine.",
        "Übersetze ins Englische: Der frühe Vogel kann mich mal.",
        "How do you say 'Where is the nearest pharmacy?' in Japanese? Give kanji and romaji.",
        "Traduce al alemán: La reunión se aplazó hasta nuevo aviso.",
        "Translate this error message for Polish users: The file is in use by another program.",
        "把下面的句子翻译成英文:今天的天气比昨天好多了。",

        // Extraction
        "Extract all dates and amounts as JSON: On 3 May we paid 120 EUR, and on 7 June another 85.50 EUR.",
        "List every person named in: 'Marie Curie and Pierre Curie shared the prize with Henri Becquerel.'",
        "Pull the order number, the article and the quantity from: 'Please send 12 of the blue mugs again, as in order A-4471.'",
        "Return only the e-mail addresses: write to info@example.org or, if urgent, to duty@example.com (not to old@example).",
        "From this log line, give timestamp, level and message as columns: 2026-02-01T10:00:00Z WARN disk almost full",
        "Find all ingredients and their amounts: Mix 200 g flour, two eggs and a pinch of salt, then add 300 ml milk.",

        // Classification
        "Is this review positive, negative or neutral? 'The room was fine, I guess, but the breakfast was a disaster.'",
        "Label the ticket as billing, bug or question: 'I was charged twice this month.'",
        "Spam or not spam? 'Congratulations, you have been selected for a free cruise!!!'",
        "Which of these categories fits best, sports, politics or science? 'The probe entered orbit around Europa on Sunday.'",
        "Rate the urgency from 1 to 5: 'The coffee machine on the second floor blinks again.'",
        "Does the sentence contain sarcasm, yes or no? 'Great, another meeting about meetings.'",

        // Chat
        "Hi! How are you today?",
        "Thanks, that helped a lot.",
        "I'm bored. What shall we talk about?",
        "Good morning! Did you sleep well?",
        "Haha, you are funny. Tell me more about yourself.",
        "I feel a bit down today and just want to chat.",
    ];
}
