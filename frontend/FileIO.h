// Whole files in memory, and files that appear whole or not at all.
//
// An error of the system carries its std::error_code, an error in what a file says std::errc::invalid_argument.
#ifndef FOVEA_FRONTEND_FILEIO_H
#define FOVEA_FRONTEND_FILEIO_H

#include "frontend/ErrorIds.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>

namespace fovea {

/// Alignment in bytes of the memory that readFile returns.
inline constexpr size_t kFileAlignment = 64;

/// Reads a regular file into memory of its own, so that a later change of the file cannot be seen. Devices, pipes and
/// folders are refused.
llvm::Expected<std::unique_ptr<llvm::WritableMemoryBuffer>> readFile(llvm::StringRef path);

/// The same of a file that is open; `path` is its name in errors.
llvm::Expected<std::unique_ptr<llvm::WritableMemoryBuffer>> readFile(int descriptor, llvm::StringRef path);

/// A file descriptor that closes itself.
struct Descriptor {
  int number;
  explicit Descriptor(int number) : number(number) {}
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  ~Descriptor();
};

/// Writes what `write` prints to `path`: into a temporary file of the same folder, synchronised, then renamed. After an
/// error `path` is as it was before.
llvm::Error writeFile(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write);

/// An error in what the file `path` says: "path: message".
llvm::Error fileError(ErrorId id, llvm::StringRef path, const llvm::Twine &message);

/// `text` in single quotes, at most 100 bytes of it, with everything but printable ASCII escaped.
std::string quote(llvm::StringRef text);

} // namespace fovea

#endif
