// What a library was made of, as JSON.
#ifndef FOVEA_COMPILER_HOST_MANIFEST_H
#define FOVEA_COMPILER_HOST_MANIFEST_H

#include "compiler/host/Header.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace fovea {

/// Hashes are BLAKE3, 64 hexadecimal digits.
struct ManifestSources {
  std::string network; ///< of the file that was compiled
  std::string weights; ///< of the weight file; empty without one
  std::vector<std::pair<std::string, std::string>> parameters;
};

/// The text of the manifest; the same arguments give the same bytes.
std::string makeManifest(const HeaderInfo &info, int64_t kernels, uint64_t weightBytes, const ManifestSources &sources);

/// BLAKE3 of `bytes`.
std::string hashOf(llvm::StringRef bytes);

} // namespace fovea

#endif
