using Agent.Core.Native;

namespace Agent.Core.Tests.Native;

public class CudaJudgeTests
{
    // What the CUDA 13 package holds: machine code for four architectures, PTX of ISA 9.1 for three.
    private static readonly CudaImage[] Package =
    [
        new(IsPtx: false, 86, 0), new(IsPtx: false, 89, 0), new(IsPtx: false, 120, 0), new(IsPtx: false, 121, 0),
        new(IsPtx: true, 75, 91), new(IsPtx: true, 80, 91), new(IsPtx: true, 90, 91),
    ];

    [Theory]
    [InlineData(9, 0, 13000, false)]
    [InlineData(9, 0, 13010, true)]
    [InlineData(8, 0, 13000, false)]
    [InlineData(8, 6, 13000, true)]
    [InlineData(8, 9, 13000, true)]
    [InlineData(12, 0, 13000, true)]
    [InlineData(12, 1, 13000, true)]
    [InlineData(7, 5, 13010, true)]
    [InlineData(7, 0, 13010, false)]
    public void Code_runs_where_machine_code_or_a_known_ptx_fits(int major, int minor, int driver, bool usable) =>
        Assert.Equal(usable, CudaJudge.JudgeCode(Package, [new CudaDevice("GPU", major, minor)], driver).Usable);

    [Fact]
    public void A_refusal_names_device_cause_and_fix()
    {
        var verdict = CudaJudge.JudgeCode(Package, [new CudaDevice("NVIDIA H200", 9, 0)], 13000);

        Assert.Equal("NVIDIA H200 (sm_90) cannot run it: its PTX is version 9.1 and the driver (CUDA 13.0) knows up to 9.0; update the NVIDIA driver", verdict.Reason);
    }

    [Fact]
    public void One_device_that_cannot_run_it_is_enough_to_refuse() =>
        Assert.False(CudaJudge.JudgeCode(Package, [new CudaDevice("new", 8, 9), new CudaDevice("old", 7, 0)], 13010).Usable);

    [Fact]
    public void The_ptx_of_the_cuda_12_build_runs_on_older_drivers() =>
        Assert.True(CudaJudge.JudgeCode([new(IsPtx: true, 80, 84)], [new CudaDevice("NVIDIA H200", 9, 0)], 12040).Usable);
}
