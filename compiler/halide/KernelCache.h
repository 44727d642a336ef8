// Compiled kernels on disk, found by what they were compiled from.
#ifndef FOVEA_COMPILER_HALIDE_KERNELCACHE_H
#define FOVEA_COMPILER_HALIDE_KERNELCACHE_H

#include "compiler/halide/Target.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace fovea {

/// What is kept of a kernel.
struct CachedKernel {
  std::string object; ///< ELF, relocatable
  int64_t scratchBytes, stackBytes;
};

/// A folder of kernels, an entry per file. The name of an entry is the hash of what the kernel was compiled from and
/// by; it begins with a hash of its contents, so that a damaged one is as good as none. Any number of processes may use
/// a folder at the same time. Reading and writing never fail: a kernel that cannot be kept is compiled again.
class KernelCache {
public:
  /// Opens `folder`, which is made if it does not exist. Fails if it cannot be made, and if others may write to it: who
  /// can, can put code into the libraries that are made from it.
  static llvm::Expected<KernelCache> open(llvm::StringRef folder);

  /// `fovea` in $XDG_CACHE_HOME or ~/.cache; empty if the user has no home.
  static std::string defaultFolder();

  /// The name of the entry for a kernel, given as text, on `target`, compiled by this very compiler; empty if the
  /// compiler cannot tell which one it is.
  static std::string keyOf(llvm::StringRef kernel, const TargetInfo &target);

  std::optional<CachedKernel> find(llvm::StringRef key) const;
  void store(llvm::StringRef key, const CachedKernel &kernel) const;

  /// The same for a text, such as what has been learned of a kernel; kernels and texts do not share keys.
  std::optional<std::string> findText(llvm::StringRef key) const;
  void storeText(llvm::StringRef key, llvm::StringRef text) const;

  struct Usage {
    size_t kernels = 0;
    uint64_t bytes = 0;
  };
  Usage usage() const;

  /// Removes the kernels that have not been used for longest, until the rest has at most `bytes`.
  void prune(uint64_t bytes) const;
  /// What a cache may grow to before it is pruned by itself.
  static constexpr uint64_t defaultBytes = uint64_t(1) << 30;

  llvm::StringRef path() const { return folder; }

private:
  explicit KernelCache(llvm::StringRef folder) : folder(folder) {}
  std::string pathOf(llvm::StringRef file) const;
  std::optional<std::string> read(llvm::StringRef file) const;
  void write(llvm::StringRef file, llvm::StringRef bytes) const;
  struct Entry;
  std::vector<Entry> entries() const;

  std::string folder;
};

} // namespace fovea

#endif
