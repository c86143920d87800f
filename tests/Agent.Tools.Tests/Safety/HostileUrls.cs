using System.Net;

namespace Agent.Tools.Tests.Safety;

/// <summary>URLs that lead, or try to lead, to addresses that are not public; and the names in them.</summary>
internal static class HostileUrls
{
    /// <summary>The only addresses that a connection may go to in the tests of this corpus.</summary>
    public static readonly IPAddress[] Public = [IPAddress.Parse("8.8.8.8"), IPAddress.Parse("2606:4700:4700::1111")];

    private static readonly string[] Targets =
    [
        "127.0.0.1", "127.255.255.254", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.255.1", "169.254.169.254",
        "169.254.170.2", "100.64.0.1", "100.100.100.200", "0.0.0.0", "0.1.2.3", "192.0.0.1", "192.0.0.192", "198.18.0.1", "198.19.255.255", "224.0.0.1", "239.255.255.250",
        "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.0.2.1", "198.51.100.1", "203.0.113.1", "192.88.99.1",
    ];

    private static readonly string[] HandWritten =
    [
        "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://localhost.localdomain/", "http://ip6-localhost/", "http://a.localhost/", "http://0/", "http://00/", "http://0x0/",
        "http://127.1/", "http://127.0.1/", "http://127.1.", "http://10.1/", "http://192.168.1/", "http://0x7f.1/", "http://0x7f.0x0.0x0.0x1/", "http://0177.1/", "http://00000177.0.0.1/",
        "http://[::]/", "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::1%25lo]/", "http://[::127.0.0.1]/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[febf::1]/", "http://[fec0::1]/",
        "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[fdff::1]/", "http://[ff02::1]/", "http://[ff0e::1]/", "http://[2001:db8::1]/", "http://[3fff::1]/", "http://[2001::1]/",
        "http://[2001:0:7f00:1::]/", "http://[100::1]/", "http://[64:ff9b:1::7f00:1]/", "http://[5f00::1]/", "http://[4000::1]/", "http://[::ffff:0:127.0.0.1]/",
        "http://8.8.8.8@127.0.0.1/", "http://8.8.8.8%40127.0.0.1/", "http://public.example@127.0.0.1/", "http://public.example:80@127.0.0.1/", "http://public.example%00@127.0.0.1/", "http://public.example%2f@127.0.0.1/",
        "http://127.0.0.1#@public.example/", "http://127.0.0.1?@public.example/", "http://127.0.0.1\\@public.example/", "http://127.0.0.1;@public.example/", "http:\\\\127.0.0.1\\", "http:/127.0.0.1/", "http:127.0.0.1/", "http:///127.0.0.1/",
        "http://127.0.0.1:80/", "http://127.0.0.1:0/", "http://127.0.0.1:22/", "http://127.0.0.1:65535/", "http://127.0.0.1:99999/", "http://127.0.0.1:+80/",
        "http://①②⑦.⓪.⓪.①/", "http://１２７．０．０．１/", "http://127。0。0。1/", "http://127｡0｡0｡1/", "http://１０.0.0.1/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://ｌｏｃａｌｈｏｓｔ/", "http://loc\u00adalhost/", "http://127\u200b.0.0.1/", "http://xn--locahost-2xf/", "http://xn--/", "http://127.0.0.1\u3002/",
        "http://%31%32%37.0.0.1/", "http://%6c%6f%63%61%6c%68%6f%73%74/", "http://127%2e0%2e0%2e1/", "http://127.0.0.1%20/", "http://127.0.0.1%09/", "http://127.0.0.1%0d%0aX:1/", "http://127.0.0.1 .public.example/", "\thttp://127.0.0.1/", "http://127.0.0.1\t/", "http\n://127.0.0.1/", "HTTP://127.0.0.1/", "hTTp://[::FFFF:7F00:1]/",
        "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/stat", "ldap://127.0.0.1/", "jar:http://127.0.0.1/!/", "data:text/plain,x", "javascript:alert(1)", "unix:/var/run/docker.sock", "ws://127.0.0.1/", "http+unix://%2fvar%2frun%2fdocker.sock/", "about:blank", "//127.0.0.1/", "///127.0.0.1/",
        "http://private.example/", "http://mixed.example/", "http://mapped.example/", "http://nat64.example/", "http://sixtofour.example/", "http://linklocal.example/", "http://metadata.example/", "http://rebind.example/", "http://rebind.example./", "http://nothing.example/", "http://127.0.0.1.nip.example/", "http://7f000001.nip.example/",
        "http://metadata.google.internal/", "http://metadata/", "http://kubernetes.default.svc/", "http://host.docker.internal/", "http://instance-data/", "http://router/", "http://printer.local/",
    ];

    public static IReadOnlyList<string> All { get; } = [.. Targets.SelectMany(Spellings).Concat(HandWritten).Distinct(StringComparer.Ordinal)];

    /// <summary>A resolver as hostile as it can be: what it does not know is loopback, and one name changes its mind each time.</summary>
    public static Func<string, CancellationToken, Task<IPAddress[]>> Resolver()
    {
        var asked = 0;
        return (name, _) => Task.FromResult<IPAddress[]>(name.TrimEnd('.').ToLowerInvariant() switch
        {
            "public.example" => Public,
            "private.example" => [IPAddress.Parse("10.1.2.3")],
            "mixed.example" => [Public[0], IPAddress.Parse("192.168.1.1")],
            "mapped.example" => [IPAddress.Parse("::ffff:127.0.0.1")],
            "nat64.example" => [IPAddress.Parse("64:ff9b::10.0.0.1")],
            "sixtofour.example" => [IPAddress.Parse("2002:7f00:1::1")],
            "linklocal.example" => [IPAddress.Parse("fe80::1")],
            "metadata.example" => [IPAddress.Parse("169.254.169.254")],
            "rebind.example" => [Interlocked.Increment(ref asked) % 2 == 0 ? Public[0] : IPAddress.Loopback],
            "nothing.example" => [],
            _ => [IPAddress.Loopback],
        });
    }

    private static IEnumerable<string> Spellings(string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        var number = (uint)((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]);
        var (high, low) = (number >> 16, number & 0xffff);
        yield return $"http://{address}/";
        yield return $"https://{address}/latest/meta-data/";
        yield return $"http://{address}./";
        yield return $"http://{number}/";
        yield return $"http://0x{number:x8}/";
        yield return $"http://0{Convert.ToString(number, 8)}/";
        yield return $"http://{string.Join('.', bytes.Select(part => $"0x{part:x}"))}/";
        yield return $"http://{string.Join('.', bytes.Select(part => $"0{Convert.ToString(part, 8)}"))}/";
        yield return $"http://{bytes[0]}.{number & 0xffffff}/";
        yield return $"http://[::ffff:{address}]/";
        yield return $"http://[::ffff:{high:x}:{low:x}]/";
        yield return $"http://[64:ff9b::{address}]/";
        yield return $"http://[2002:{high:x}:{low:x}::1]/";
        yield return $"http://user:pw@{address}/";
        yield return $"http://{string.Concat(address.Select(c => c == '.' ? '．' : (char)(c + 0xfee0)))}/";
    }
}
