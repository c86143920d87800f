using Agent.Core.Retrieval.Text.Words;

namespace Agent.Core.Tests.Retrieval.Text;

public sealed class EnglishStemmerTests
{
    // The published sample vocabulary, the examples of each step, and words that each rule or exception decides.
    private const string Pairs = """
        consign:consign consigned:consign consigning:consign consignment:consign consist:consist consisted:consist
        consistency:consist consistent:consist consistently:consist consisting:consist consists:consist consolation:consol
        consolations:consol consolatory:consolatori console:consol consoled:consol consoles:consol consolidate:consolid
        consolidated:consolid consolidating:consolid consoling:consol consolingly:consol consols:consol consonant:conson
        consort:consort consorted:consort consorting:consort conspicuous:conspicu conspicuously:conspicu conspiracy:conspiraci
        conspirator:conspir conspirators:conspir conspire:conspir conspired:conspir conspiring:conspir constable:constabl
        constables:constabl constance:constanc constancy:constanc constant:constant knack:knack knackeries:knackeri knacks:knack
        knag:knag knave:knave knaves:knave knavish:knavish kneaded:knead kneading:knead knee:knee kneel:kneel kneeled:kneel
        kneeling:kneel kneels:kneel knees:knee knell:knell knelt:knelt knew:knew knick:knick knif:knif knife:knife knight:knight
        knightly:knight knights:knight knit:knit knits:knit knitted:knit knitting:knit knives:knive knob:knob knobs:knob knock:knock
        knocked:knock knocker:knocker knockers:knocker knocking:knock knocks:knock knopp:knopp knot:knot knots:knot skis:ski
        skies:sky dying:die lying:lie tying:tie idly:idl gently:gentl ugly:ugli early:earli only:onli singly:singl sky:sky news:news
        howe:howe atlas:atlas cosmos:cosmos bias:bias andes:andes inning:inning innings:inning outing:outing canning:canning
        herring:herring earrings:earring proceed:proceed proceeds:proceed exceed:exceed exceeded:exceed succeed:succeed
        succeeding:succeed caresses:caress ties:tie cries:cri cried:cri tied:tie gas:gas this:this gaps:gap kiwis:kiwi abyss:abyss
        bus:bus agreed:agre agreeing:agre feed:feed bleed:bleed hopping:hop hoped:hope hoping:hope falling:fall hissing:hiss
        fizzed:fizz failing:fail filing:file luxuriated:luxuri troubled:troubl sized:size bled:bled sing:sing string:string
        disable:disabl disturbed:disturb beds:bed added:ad egging:eg rubbed:rub tanned:tan conflated:conflat happy:happi
        happily:happili enjoy:enjoy say:say by:by cry:cri flying:fli yellow:yellow youth:youth boyish:boyish beauty:beauti
        beautiful:beauti sayings:say toys:toy relational:relat conditional:condit rational:ration valency:valenc hesitancy:hesit
        digitizer:digit conformably:conform radically:radic differently:differ vilely:vile analogously:analog vietnamization:vietnam
        predication:predic operator:oper feudalism:feudal decisiveness:decis hopefulness:hope callousness:callous formality:formal
        sensitivity:sensit sensibility:sensibl geology:geolog apology:apolog quickly:quick badly:bad wholly:wholli
        fearlessly:fearless carefully:care triplicate:triplic formative:format formalize:formal electricity:electr electrical:electr
        hopeful:hope goodness:good national:nation nationally:nation international:intern authoritative:authorit revival:reviv
        allowance:allow inference:infer airliner:airlin gyroscopic:gyroscop adjustable:adjust defensible:defens irritant:irrit
        replacement:replac adjustment:adjust dependent:depend adoption:adopt homologous:homolog communism:communism activate:activ
        angularity:angular effective:effect bowdlerize:bowdler extension:extens suggestion:suggest probate:probat rate:rate
        cease:ceas controlling:control roll:roll generate:generat general:general generally:general generic:generic
        generous:generous communicate:communic communication:communic community:communiti arsenal:arsenal arsenic:arsenic area:area
        animadversion:animadvers sprinkled:sprinkl eucharist:eucharist organization:organ organizations:organ university:univers
        universe:univers running:run runner:runner ran:ran computers:comput computing:comput computation:comput retrieval:retriev
        retrieves:retriev information:inform informative:inform indexing:index indexes:index indices:indic studies:studi
        studied:studi studying:studi matrices:matric analysis:analysi analyses:analys dogs's:dog cats':cat boss's:boss 'quoted:quot
        a:a be:be yes:yes youthful:youth dyed:dy dye:dye saying:say owed:owe owing:owe
        """;

    public static TheoryData<string, string> Vocabulary()
    {
        var data = new TheoryData<string, string>();
        foreach (var pair in Pairs.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            data.Add(pair[..colon], pair[(colon + 1)..]);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Vocabulary))]
    public void A_word_has_the_stem_that_the_algorithm_gives_it(string word, string stem) => Assert.Equal(stem, Stem(word));

    [Fact]
    public void Any_letters_have_a_stem_that_is_no_longer_than_they_are()
    {
        var random = new Random(20261121);
        const string letters = "aeiouybcdlnrstz'";
        for (var round = 0; round < 50_000; round++)
        {
            var word = string.Create(random.Next(0, 14), random, (span, source) =>
            {
                foreach (ref var letter in span)
                {
                    letter = letters[source.Next(letters.Length)];
                }
            });
            var stem = Stem(word);
            Assert.True(stem.Length <= word.Length, word);
            Assert.True(stem.All(letter => letters.Contains(letter) || letter == 'i'), $"{word}: {stem}");
        }
    }

    private static string Stem(string word)
    {
        var letters = word.ToCharArray();
        return new string(letters, 0, EnglishStemmer.Stem(letters));
    }
}
