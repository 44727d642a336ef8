// Files for tests of readers and writers.
#ifndef FOVEA_TEST_FRONTEND_TEMPORARYFILE_H
#define FOVEA_TEST_FRONTEND_TEMPORARYFILE_H

#include "llvm/Support/Error.h"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>

namespace fovea::test {

/// A folder that is removed with its contents.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fovea-test-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }

  std::string file(const std::string &name) const { return path / name; }

  /// Number of files in the folder.
  int count() const {
    std::filesystem::directory_iterator it(path);
    return std::distance(begin(it), end(it));
  }

  std::filesystem::path path;
};

inline void writeBytes(const std::string &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string readBytes(const std::string &path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

/// The text of the error in `result`; empty when there is none.
template <typename T> std::string errorText(llvm::Expected<T> result) {
  return result ? "" : llvm::toString(result.takeError());
}

} // namespace fovea::test

#endif
