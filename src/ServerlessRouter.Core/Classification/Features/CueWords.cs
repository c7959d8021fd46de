namespace ServerlessRouter.Classification.Features;

/// <summary>Words and two-word phrases that betray a task, looked up by their hash.</summary>
internal static class CueWords
{
    private const int TableSize = 4096;
    private const int FilterShift = 17;

    private static readonly (HandcraftedFeature Feature, string Phrases)[] Lists =
    [
        (HandcraftedFeature.QuestionWord, "who|what|when|where|which|why|how|whose|whom|whats|what's|who's|where's"),
        (HandcraftedFeature.HowMany, "how many|how much|how long|how far|how old|what percent|what percentage|in total|altogether|each day|per day|per hour|per week|twice as|times as|more than|fewer than|less than"),
        (HandcraftedFeature.Translate, "translate|translation|translated|translating|translates|how say|say in|into english|into french|into german|into spanish|into japanese|into chinese|into italian|into russian|into portuguese|in spanish|in french|in german|in italian|in japanese|in chinese|in portuguese|in russian|in korean|to english|to french|to german|to spanish|to japanese|to chinese|to russian|english version|french version|german version|spanish version|into korean|into arabic|into dutch|into polish|into hindi|into turkish|to italian|to portuguese|to korean|to arabic|to dutch|in arabic|in dutch|in hindi|in turkish|in greek|in polish|in swedish|in vietnamese|in thai|english equivalent"),
        (HandcraftedFeature.LanguageNames, "english|french|german|spanish|japanese|chinese|italian|portuguese|russian|korean|arabic|hindi|dutch|polish|turkish|swedish|greek|latin|mandarin|vietnamese|thai|romanian|czech"),
        (HandcraftedFeature.Summarize, "summarize|summarise|summary|summaries|summarizing|summarized|tldr|tl dr|sum up|key points|main points|main idea|main point|condense|shorten|abstract|synopsis|recap|gist|nutshell|highlights|overview of|headline|distill|bullet points|takeaways|one sentence|boils down|briefly|in brief|main takeaway|digest|essence|shorter version|in short|few sentences|two sentences|three sentences|short version"),
        (HandcraftedFeature.Classify, "classify|classification|category|categories|categorize|categorise|label|labels|sentiment|positive|negative|neutral|spam|true or|yes or|same meaning|paraphrase|paraphrases|duplicate|duplicates|equivalent|entail|entails|entailment|contradict|contradiction|satisfied|dissatisfied|stars|rating|rate this|tone of|topic|grammatically|acceptable|toxic|offensive|recommend|same thing|options are|which section|review|reviewer|belongs to|belong to|falls under|fits best|best fits|sarcastic|hate speech|polarity|emotion|same question|would recommend"),
        (HandcraftedFeature.Extract, "extract|identify|find the|passage|paragraph|given text|following text|following article|following paragraph|text above|following passage|article|context|based on|according to|read the|answer the|from the|mentioned in|information in|background|document|bio|keywords|entities|list all|details about|refer to"),
        (HandcraftedFeature.CreativeWriting, "write a|write an|poem|poems|story|stories|essay|song|lyrics|haiku|novel|fiction|character|characters|fantasy|screenplay|script for|dialogue between|blog post|blog|slogan|creative|imagine|imaginative|speech|letter to|email to|tagline|narrative|scene|plot|compose|draft|rewrite|caption|tweet|post about|advertisement|article about|advert|short story|words long|sonnet|limerick|monologue|persona|roleplay|role play|marketing|tone|engaging|audience|write dialogue|story about|vivid|whimsical|humorous|funny|fanfic|fan fiction|rap|chapter|villain|protagonist|lore|act as|rpg|poster|copywriting|newsletter|press release|cover letter|eulogy|come up|brainstorm|names for|name for|ideas for|article on|white paper|speech for|in the style"),
        (HandcraftedFeature.Programming, "code|function|python|java|javascript|typescript|c|c#|c++|html|css|sql|query|regex|bash|linux|command|file|files|directory|directories|script|class|method|array|string|strings|api|server|database|json|xml|def|return|import|int|void|public|static|const|var|let|null|undefined|error|exception|compile|debug|git|docker|kubernetes|react|node|django|flask|android|ios|swift|rust|golang|php|ruby|jquery|list of|dictionary|tuple|loop|algorithm|implement|program|variable|assertion|unit test|pandas|numpy|dataframe|endpoint|framework|excel|vba|tuples|element|elements|lists|substring|numbers in|unix|folder|current directory|drupal|wordpress|magento|joomla|oracle|mysql|postgresql|postgres|sqlite|mongodb|redis|hibernate|maven|gradle|eclipse|xcode|intellij|visual studio|asp net|vb net|wpf|wcf|winforms|silverlight|xaml|linq|sharepoint|haskell|scala|perl|matlab|erlang|clojure|fortran|cobol|ajax|jsp|servlet|tomcat|apache|nginx|iis|http|https|url|urls|rest api|oauth|ssl|ssh|ftp|tcp|socket|sockets|thread|threads|threading|async|mutex|deadlock|pointer|pointers|template|templates|constructor|inheritance|interface|enum|struct|lambda|callback|delegate|iterator|generics|namespace|boolean|char|byte|bytes|hash|hashmap|hashtable|column|columns|stored procedure|schema|textbox|dropdown|checkbox|div|stylesheet|plugin|plugins|module|modules|install|installing|config|configure|configuration|deploy|compiler|debugging|debugger|runtime|segfault|parse|parser|parsing|serialize|serialization|unicode|utf|cookie|cookies|browser|firefox|chrome|webpage|website|web|app|apps|iphone|ipad|sdk|ide|dll|jar|exe|commit|repository|github|svn|aws|azure|vm|virtual machine|windows|mac os|os x|ubuntu|kernel|terminal|cron|grep|sed|awk|regexp|regular expression|regular expressions|opencv|tensorflow|pytorch|spark|hadoop|kafka|graphql|webpack|npm|angular|vue|laravel|symfony|rails|opengl|gui|layout|widget|listview|gridview|swing|qt|cocoa|core data|objective c|kotlin|flutter|software|codebase|backend|frontend|linker|crash|stack trace|memory leak|xslt|xpath|dom|tag|tags|button|click|page load|user control|viewmodel|mvc|orm|entity framework|unit tests|testing|mock|recursion|recursive|sorting|sort|bit|binary|integer overflow|big o|refactor|scripts|tables|queries|timestamp|datetime|directives|syntax|expression|expressions|compilation"),
        (HandcraftedFeature.Mathematics, "solve|calculate|compute|equation|equations|integer|integers|probability|triangle|polynomial|derivative|integral|fraction|sum of|product of|area of|volume of|perimeter|radius|diameter|angle|angles|square|root|roots|prime|divisible|remainder|multiply|divide|ratio|percent|percentage|average|mean|median|simplify|evaluate|express|matrix|vector|theorem|proof|prove|function f|real number|real numbers|complex|digits|digit|coordinates|plane|circle|graph|slope|dollars|cost|costs|total|earn|profit|interest|speed|miles|hours|minutes|times|twice|half|sells|buys|frac|sqrt|positive integer|value of|how many"),
        (HandcraftedFeature.Reasoning, "logic|logical|puzzle|therefore|premise|premises|conclusion|argument|fallacy|deduce|infer|inference|if then|clue|clues|hypothesis|assumption|suppose|given that|given the|necessarily|riddle|houses|what might|might happen|likely|would|cause|effect|because|why did|step of|process|more likely|less likely|true about|choose between|what will|feel|could|probably|someone|somebody|what would|people|most likely|where would|where could|where might|what could|why would|why might|syllogism|knights|liar"),
        (HandcraftedFeature.SmallTalk, "hello|hi|hey|thanks|thank you|bye|goodbye|good morning|good night|how are|are you|your name|do you|joke|what's up|whats up|your favorite|you like|can you|i am|i'm|nice|tell me|you doing|meaning of|your hobbies|you from|you work|made you|you human|robot|ai|see you|later|cool|see ya|old are|your boss|you real|pets"),
        (HandcraftedFeature.Science, "cell|cells|energy|force|mass|velocity|electron|electrons|acid|reaction|species|gene|genes|dna|protein|proteins|atom|atoms|temperature|pressure|molecule|molecules|patient|disease|blood|muscle|nerve|enzyme|plant|plants|organism|planet|light|wave|current|circuit|chemical|bond|hormone|symptoms|diagnosis|treatment|virus|bacteria|membrane|equilibrium|oxidation"),
        (HandcraftedFeature.Law, "law|court|defendant|plaintiff|contract|statute|liable|liability|jurisdiction|constitutional|amendment|statement|crime|murder|negligence|sued|sues|action against|property|owner|deed|evidence|testimony|jury|trial|attorney|rights|treaty|state|statutes|felony|damages"),
        (HandcraftedFeature.Society, "war|government|president|century|economic|economy|market|price|demand|policy|society|social|culture|political|religion|history|king|queen|country|population|moral|ethics|theory|philosopher|psychology|behavior|management|business|company|tax|trade|election|movie|film|song|album|team|season|actor|city|river|capital"),
        (HandcraftedFeature.Negation, "not|no|never|none|except|without|neither|cannot|isn't|don't|doesn't|false|incorrect|wrong"),
        (HandcraftedFeature.FirstPerson, "i|my|me|we|our|us|i'm|i've|mine"),
        (HandcraftedFeature.SecondPerson, "you|your|yours|you're|you are"),
        (HandcraftedFeature.Past, "was|were|did|had|said|been"),
        (HandcraftedFeature.Constraint, "must|should|exactly|at least|at most|only|ensure|include|make sure|without using|do not|each|every|following|format|required|requirements|constraints"),
        (HandcraftedFeature.StepByStep, "step by|explain|explain why|show your|show that|justify|analyze|analyse|compare|contrast|design|optimize|derive|in detail|detailed|comprehensive|trade offs|evaluate the"),
    ];

    private static readonly uint[] Keys = new uint[TableSize];
    private static readonly uint[] Bits = new uint[TableSize];

    /// <summary>One bit for each value of a hash's upper bits: most words and nearly all pairs are in no list, and 4 KB tell so without a look at the table.</summary>
    private static readonly uint[] Filter = new uint[(1 << (32 - FilterShift)) / 32];

    static CueWords()
    {
        for (var list = 0; list < Lists.Length; list++)
        {
            foreach (var phrase in Lists[list].Phrases.Split('|'))
            {
                var place = PlaceOf(TextHash.OfPhrase(phrase));
                Keys[place] = TextHash.OfPhrase(phrase);
                Bits[place] |= 1u << list;
                Filter[Keys[place] >> (FilterShift + 5)] |= 1u << (int)(Keys[place] >> FilterShift);
            }
        }
    }

    public static int Count => Lists.Length;

    public static HandcraftedFeature FeatureOf(int list) => Lists[list].Feature;

    /// <summary>One bit per list that has the word or phrase.</summary>
    public static uint Find(uint hash) => (Filter[hash >> (FilterShift + 5)] >> (int)(hash >> FilterShift) & 1) == 0 ? 0 : Bits[PlaceOf(hash)];

    private static int PlaceOf(uint hash)
    {
        var place = (int)(hash & (TableSize - 1));
        while (Keys[place] != hash && Keys[place] != 0)
            place = (place + 1) & (TableSize - 1);
        return place;
    }
}
