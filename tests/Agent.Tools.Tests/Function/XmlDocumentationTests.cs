using Agent.Tools.Function;

namespace Agent.Tools.Tests.Function;

public sealed class XmlDocumentationTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    private XmlDocumentation Load(string xml)
    {
        File.WriteAllText(_file, xml);
        return XmlDocumentation.Load(_file);
    }

    [Fact]
    public void Text_is_flattened_to_a_line()
    {
        var text = Load(
            """
            <?xml version="1.0"?>
            <doc><assembly><name>x</name></assembly><members>
              <member name="M:A.B.C(System.Int32)">
                <!-- hidden -->
                <summary>
                  First <c>code</c>, <see cref="M:A.B.D(System.String)"/>, <see cref="T:A.List`1"/>, <see cref="P:A.B.E">the E</see>
                  <para>Second &lt;b&gt;</para><list type="bullet"><item><description>one</description></item><item>two</item></list>
                  <see langword="true"/> <paramref name="n"/> <see href="https://example.com"/>
                </summary>
                <param name="n">The   number.</param>
              </member>
              <member name="F:A.B.F"><summary>Not kept</summary></member>
            </members></doc>
            """).Find("M:A.B.C(System.Int32)");
        Assert.Equal("First code, D, List, the E Second <b> one two true n https://example.com", text?.Summary);
        Assert.Equal(("The number.", ""), (text?.Parameter("n"), text?.Parameter("other")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not xml")]
    [InlineData("<!DOCTYPE doc [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><doc><members><member name=\"T:A\"><summary>&x;</summary></member></members></doc>")]
    [InlineData("<!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><doc><members><member name=\"T:A\"><summary>&b;</summary></member></members></doc>")]
    public void A_file_that_is_broken_or_has_a_dtd_says_nothing(string xml) => Assert.Null(Load(xml).Find("T:A"));

    [Fact]
    public void What_stands_before_a_fault_is_kept_and_a_missing_file_says_nothing()
    {
        Assert.Equal("Right", Load("<doc><members><member name=\"T:A\"><summary>Right</summary></member><member name=\"T:B\"><summary>").Find("T:A")?.Summary);
        Assert.Null(XmlDocumentation.Load(_file + ".missing").Find("T:A"));
    }

    /// <summary>The compiler wrote the names that are looked up: each method below is found under its own.</summary>
    [Fact]
    public void Every_form_of_signature_is_found()
    {
        foreach (var method in typeof(Signatures<>).GetMethods().Where(method => method.DeclaringType == typeof(Signatures<>)))
        {
            Assert.Equal($"Summary of {method.Name}.", XmlDocumentation.Summary(method));
        }

        foreach (var method in typeof(Signatures<int>).GetMethods().Where(method => method.DeclaringType == typeof(Signatures<int>)))
        {
            Assert.Equal($"Summary of {method.Name}.", XmlDocumentation.Summary(method));
        }

        Assert.Equal("Summary of Base.", XmlDocumentation.Summary(typeof(Derived).GetMethod(nameof(Derived.Base))!));
        Assert.Equal("The number.", XmlDocumentation.Parameter(typeof(Derived).GetMethod(nameof(Derived.Base))!.GetParameters()[0]));
    }

    public class Signatures<T>
    {
        /// <summary>Summary of Plain.</summary>
        public void Plain()
        {
        }

        /// <summary>Summary of Values.</summary>
        public void Values(int a, int? b, string[] c, int[,] d, int[][] e)
        {
        }

        /// <summary>Summary of Own.</summary>
        public void Own(T a, List<T> b, T[] c)
        {
        }

        /// <summary>Summary of Generic.</summary>
        public void Generic<TFirst, TSecond>(TFirst a, Dictionary<TSecond, List<T>> b)
            where TSecond : notnull
        {
        }

        /// <summary>Summary of Nested.</summary>
        public void Nested(Inner a, Dictionary<string, int>.Enumerator b, (int A, string B) c)
        {
        }

        /// <summary>Summary of References.</summary>
        public void References(ref int a, out string b, in long c) => b = $"{a}{c}";

        public sealed class Inner;
    }

    public abstract class Ancestor
    {
        /// <summary>Summary of Base.</summary>
        /// <param name="n">The number.</param>
        public abstract void Base(int n);
    }

    public sealed class Derived : Ancestor
    {
        public override void Base(int n)
        {
        }
    }
}
