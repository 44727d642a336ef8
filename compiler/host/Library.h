// A generated library, loaded by the tools.
#ifndef FOVEA_COMPILER_HOST_LIBRARY_H
#define FOVEA_COMPILER_HOST_LIBRARY_H

#include "runtime/abi.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace fovea {

/// A failure that a function of a generated library reported.
class LibraryError : public llvm::ErrorInfo<LibraryError> {
public:
  static char ID;

  LibraryError(int code, std::string text) : code(code), text(std::move(text)) {}

  /// One of FOVEA_ERROR_*.
  int getCode() const { return code; }
  void log(llvm::raw_ostream &stream) const override { stream << text; }
  std::error_code convertToErrorCode() const override { return llvm::inconvertibleErrorCode(); }

private:
  int code;
  std::string text;
};

class LibraryContext;

/// The functions of a network `N` in a shared library that the compiler made. A library is code: only open those of
/// known origin.
class Library {
public:
  /// Loads the library at `path`, whatever the file is called: the network is the one whose `N_describe` it exports.
  /// Fails if the file is not a shared library for this machine or not one of Fovea's.
  static llvm::Expected<Library> open(llvm::StringRef path);

  const fovea_description &description() const { return *functions->description; }
  /// At least one, ascending.
  llvm::ArrayRef<fovea_size_info> sizes() const;
  /// What a library with bounds is for inputs of these shapes; lives as long as this.
  llvm::Expected<const fovea_size_info *> sizeFor(llvm::ArrayRef<llvm::ArrayRef<int64_t>> inputShapes) const;
  /// Of one size, if not told otherwise of the largest.
  llvm::ArrayRef<fovea_tensor_info> inputs(const fovea_size_info *size = nullptr) const;
  llvm::ArrayRef<fovea_tensor_info> outputs(const fovea_size_info *size = nullptr) const;
  llvm::ArrayRef<fovea_step_info> steps(const fovea_size_info *size = nullptr) const;

  /// The name of the target that a context runs on this CPU, if not told otherwise; empty if it can run none.
  llvm::StringRef bestTarget() const;

  /// Makes a context for `threads` threads with memory of its own, running the kernels of `target`; empty means the
  /// best. Fails with a LibraryError.
  llvm::Expected<LibraryContext> createContext(uint32_t threads, const std::string &target = "") const;

private:
  friend class LibraryContext;
  /// The loaded file and its entry points; unloaded with the last library or context that uses them.
  struct Functions {
    void *handle = nullptr;
    std::string weights; ///< where the file with the weights is, if there is one: beside the library
    const fovea_description *description = nullptr;
    const fovea_description *(*describe)() = nullptr;
    int (*create)(const fovea_options *, fovea_context **) = nullptr;
    /// One of the two: a library of several sizes, or with bounds, has the second.
    int (*run)(fovea_context *, const fovea_buffer *, const fovea_buffer *) = nullptr;
    int (*runShaped)(fovea_context *, const int64_t *const *, const fovea_buffer *, const fovea_buffer *) = nullptr;
    int (*outputShapes)(const int64_t *const *, int64_t *const *) = nullptr; ///< with bounds
    int (*profile)(fovea_context *, uint64_t *) = nullptr;
    void (*destroy)(fovea_context *) = nullptr;
    const char *(*lastError)() = nullptr;

    Functions() = default;
    Functions(const Functions &) = delete;
    ~Functions();
  };

  /// What the library is at one choice of sizes within its bounds.
  struct BoundSize {
    fovea_size_info info;
    std::vector<std::vector<int64_t>> shapes; ///< inputs, then outputs
    std::vector<fovea_tensor_info> tensors;
  };

  std::shared_ptr<Functions> functions;
  std::shared_ptr<std::vector<std::unique_ptr<BoundSize>>> boundSizes =
      std::make_shared<std::vector<std::unique_ptr<BoundSize>>>();
};

/// A context of a library; keeps the library loaded.
class LibraryContext {
public:
  LibraryContext(LibraryContext &&other) : functions(std::move(other.functions)), context(other.context) {
    other.context = nullptr;
  }
  LibraryContext &operator=(LibraryContext &&) = delete;
  ~LibraryContext();

  /// Runs the network once, at `size` of the library or else at the largest; buffers in the order of the description.
  /// Fails with a LibraryError.
  llvm::Error run(llvm::ArrayRef<fovea_buffer> inputs, llvm::ArrayRef<fovea_buffer> outputs,
                  const fovea_size_info *size = nullptr);

  /// Makes every run add the time of each step to `nanoseconds`, which has one element for each step of the sizes that
  /// run and outlives the profiling; an empty array ends it.
  llvm::Error profile(llvm::MutableArrayRef<uint64_t> nanoseconds);

private:
  friend class Library;
  LibraryContext(std::shared_ptr<Library::Functions> functions, fovea_context *context)
      : functions(std::move(functions)), context(context) {}
  llvm::Error check(int code) const;

  std::shared_ptr<Library::Functions> functions;
  fovea_context *context;
};

} // namespace fovea

#endif
