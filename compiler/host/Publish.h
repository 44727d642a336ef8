// A set of files that appears whole or not at all.
#ifndef FOVEA_COMPILER_HOST_PUBLISH_H
#define FOVEA_COMPILER_HOST_PUBLISH_H

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <csignal>
#include <memory>
#include <string>

namespace fovea {

/// A lock on a folder, among all processes; none leaves anything behind. Where folders cannot be locked, there is none.
class FolderLock {
public:
  FolderLock() = default;
  /// Takes the lock; with `wait`, once others have let go of it.
  FolderLock(const std::string &folder, bool wait);
  FolderLock(FolderLock &&other) noexcept : descriptor(std::exchange(other.descriptor, -1)) {}
  FolderLock &operator=(FolderLock &&other) noexcept {
    std::swap(descriptor, other.descriptor);
    return *this;
  }
  ~FolderLock();

  bool held() const { return descriptor >= 0; }

private:
  int descriptor = -1;
};

/// A temporary folder in the files' destination. Goes away with what is still in it, and so does the destination if it
/// was made for it and nothing was published. As long as there is one, signals that end the program wait. What a
/// program that could not wait, because it was killed, has left behind goes away with the next one of the same name.
class StagingFolder {
public:
  /// Makes `.name.tmp.XXXXXX` in `destination`, which is made as well if it does not exist.
  static llvm::Expected<StagingFolder> make(llvm::StringRef destination, llvm::StringRef name);
  StagingFolder(StagingFolder &&other) noexcept;
  StagingFolder &operator=(StagingFolder &&) = delete;
  ~StagingFolder();

  llvm::StringRef path() const { return folder; }
  /// Path of `file` in the folder.
  std::string operator/(const llvm::Twine &file) const;

  llvm::Error write(llvm::StringRef file, llvm::StringRef bytes) const;

  /// Moves `files` to the destination, where they replace files of the same name. All have been synchronised with the
  /// disk before the first is moved. Sets of several programs do not mix. The last file has the last word: the old one
  /// is gone before any other is moved, so that after a fault between two moves it is missing.
  llvm::Error publish(llvm::ArrayRef<std::string> files) const;

private:
  /// Holds back signals that end the program.
  struct DelayedSignals {
    DelayedSignals();
    DelayedSignals(const DelayedSignals &) = delete;
    ~DelayedSignals();
    sigset_t before;
  };

  StagingFolder() = default;
  std::unique_ptr<DelayedSignals> signals = std::make_unique<DelayedSignals>();
  std::string destination;
  bool madeDestination = false;
  llvm::SmallString<128> folder;
  FolderLock alive; ///< on `folder`: nobody removes it
};

} // namespace fovea

#endif
