#include "compiler/halide/Target.h"
#include "runtime/cpu.h"

using namespace fovea;

std::vector<TargetInfo> fovea::knownTargets() {
  return {
      {"x86-64-avx512-zen4", "x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake-avx512_cannonlake-avx512_zen4",
       "x86_64-unknown-linux-gnu", "znver4", 64, 32, FOVEA_CPU_LEVEL_ZEN4},
      {"x86-64-avx512", "x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake", "x86_64-unknown-linux-gnu",
       "skylake-avx512", 64, 32, FOVEA_CPU_LEVEL_SKYLAKE_AVX512},
      {"x86-64-avx2", "x86-64-linux-sse41-avx-f16c-fma-avx2", "x86_64-unknown-linux-gnu", "haswell", 32, 16,
       FOVEA_CPU_LEVEL_HASWELL},
      {"x86-64", "x86-64-linux-sse41", "x86_64-unknown-linux-gnu", "x86-64", 16, 16, FOVEA_CPU_LEVEL_SSE41},
  };
}

bool fovea::runsHere(const TargetInfo &target) {
  if (target.name == "x86-64-avx512-zen4")
    return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16") &&
           __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vbmi2");
  if (target.name == "x86-64-avx512")
    return __builtin_cpu_supports("x86-64-v4");
  if (target.name == "x86-64-avx2")
    return __builtin_cpu_supports("x86-64-v3");
  return __builtin_cpu_supports("sse4.1");
}

std::optional<TargetInfo> fovea::parseTarget(llvm::StringRef name) {
  for (const TargetInfo &target : knownTargets())
    if (name.empty() || name == "host" ? runsHere(target) : name == target.name)
      return target;
  return std::nullopt;
}
