using System.Text;
using Agent.Tools.Process;

namespace Agent.Tools.Tests.Process;

public sealed class OutputTextTests
{
    [Theory]
    [InlineData("plain\ttext\n广州 😀", "plain\ttext\n广州 😀")]
    [InlineData("\u001b[1;31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;title\u0007text", "text")]
    [InlineData("\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link")]
    [InlineData("\u001b]0;no end\nnext line", "\nnext line")]
    [InlineData("\u001bPdevice\u001b\\text", "text")]
    [InlineData("\u001b(Btext\u001b7\u001b=", "text")]
    [InlineData("\u009b31mtext", "text")]
    [InlineData("a\0b\bc\u0007d\u007fe\u0085f", "abcdef")]
    [InlineData("10%\r50%\r\n100%\r", "10%\n50%\n100%\n")]
    [InlineData("\u001b", "")]
    [InlineData("\u001b[", "")]
    [InlineData("\u001b[31", "")]
    [InlineData("\u001b]0;x", "")]
    [InlineData("\u001b[31\n32", "\n32")]
    [InlineData("\ufefftext", "text")]
    public void Sequences_and_control_characters_are_taken_out(string output, string expected) => Assert.Equal(expected, OutputText.Clean(Encoding.UTF8.GetBytes(output)));

    [Fact]
    public void Bytes_that_are_no_utf8_are_replaced() =>
        Assert.Equal("a\ufffdb\ufffd", OutputText.Clean([(byte)'a', 0xff, (byte)'b', 0xe5, 0xb9]));

    [Fact]
    public async Task Endless_sequences_take_linear_time()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("\u001b[\u001b]\u001bP", 200_000)));
        var clean = await Task.Run(() => OutputText.Clean(text)).WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal("", clean);
    }
}
