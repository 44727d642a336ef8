#include "compiler/halide/Target.h"
#include "runtime/cpu.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace fovea;

static constexpr const char *x86 = "x86_64-unknown-linux-gnu";

std::vector<TargetInfo> fovea::knownTargets() {
  return {
      {"x86-64-avx512-zen4", "AVX-512 with VNNI and BF16, as AMD's CPUs have them since Zen 4",
       "x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake-avx512_cannonlake-avx512_zen4", x86, "znver4", 64,
       32, true, true, FOVEA_CPU_LEVEL_ZEN4},
      {"x86-64-avx512", "AVX-512: Intel's CPUs for servers since Skylake, AMD's since Zen 4",
       "x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake", x86, "skylake-avx512", 64, 32, false, true,
       FOVEA_CPU_LEVEL_SKYLAKE_AVX512},
      {"x86-64-avx2", "AVX2 with FMA: most CPUs since 2013", "x86-64-linux-sse41-avx-f16c-fma-avx2", x86, "haswell", 32,
       16, false, true, FOVEA_CPU_LEVEL_HASWELL},
      {"x86-64", "SSE4.1: all CPUs since 2008", "x86-64-linux-sse41", x86, "x86-64", 16, 16, false, false,
       FOVEA_CPU_LEVEL_SSE41},
      {"arm-64", "AArch64 with NEON: all CPUs of phones, boards and servers", "arm-64-linux",
       "aarch64-unknown-linux-gnu", "generic", 16, 32, false, true, FOVEA_CPU_LEVEL_NEON},
  };
}

bool fovea::runsHere(const TargetInfo &target) { return !(target.cpuFeatures & ~fovea_cpu_features()); }

bool fovea::sameArchitecture(const TargetInfo &a, const TargetInfo &b) { return a.triple == b.triple; }

std::optional<TargetInfo> fovea::parseTarget(llvm::StringRef name) {
  for (const TargetInfo &target : knownTargets())
    if (name.empty() || name == "host" ? runsHere(target) : name == target.name)
      return target;
  return std::nullopt;
}

std::string fovea::describeTargets() {
  std::optional<TargetInfo> host = parseTarget("host");
  std::string text = "Targets, best first; several with commas between them make a library that takes the best one a "
                     "CPU has:\n";
  std::vector<TargetInfo> targets = knownTargets();
  for (auto [target, next] : llvm::zip_longest(targets, llvm::drop_begin(targets))) {
    bool last = !next || !sameArchitecture(*target, *next);
    char needs[256];
    fovea_cpu_names(target->cpuFeatures & ~(last ? 0 : next->cpuFeatures), needs, sizeof needs);
    text += llvm::formatv("\n  {0}{1}\n    {2}\n    needs {3}{4}\n", target->name,
                          host && host->name == target->name ? "   (this machine: --target host)" : "", target->help,
                          needs, last ? "" : ", and all of " + next->name);
  }
  return host ? text : text + "\nThis machine's CPU has less than any of them.\n";
}
