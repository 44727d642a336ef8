// A process that runs foreign code, and memory that it shares with this one.
#ifndef FOVEA_COMPILER_TUNE_TRIALPROCESS_H
#define FOVEA_COMPILER_TUNE_TRIALPROCESS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include <cstddef>
#include <functional>
#include <sys/mman.h>

namespace fovea {

/// An array of plain data, zero at first, that child processes write to.
template <typename T> class SharedArray {
public:
  explicit SharedArray(size_t count) : count(count) {
    void *memory = mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    data = memory == MAP_FAILED ? nullptr : static_cast<T *>(memory);
  }
  SharedArray(const SharedArray &) = delete;
  ~SharedArray() {
    if (data)
      munmap(data, bytes());
  }
  bool valid() const { return data; }
  T &operator[](size_t index) const { return data[index]; }
  size_t size() const { return count; }

private:
  size_t bytes() const { return (count + 1) * sizeof(T); } // an array of nothing is mapped, too
  size_t count;
  T *data;
};

/// Forks a process that ends with the result of `body`, or when it has lasted `seconds`, or when `cancelled` says so.
/// True if it ended by itself with true. It dies with this process.
bool runInProcess(llvm::function_ref<bool()> body, double seconds, const std::function<bool()> &cancelled);

} // namespace fovea

#endif
