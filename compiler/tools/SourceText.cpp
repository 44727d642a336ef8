#include "compiler/tools/SourceText.h"
#include "llvm/Support/raw_ostream.h"

using namespace fovea;

std::string fovea::kindOfBinary(llvm::StringRef bytes) {
  constexpr size_t looked = 1024;
  if (!bytes.take_front(looked).contains('\0'))
    return "";
  if (bytes.starts_with("\x7f"
                        "ELF"))
    return "a compiled program or library (ELF)";
  if (bytes.starts_with("\x93NUMPY"))
    return "an array (.npy)";
  if (bytes.size() > 8 && bytes[8] == '{')
    return "weights (safetensors)";
  if (bytes.starts_with("PK"))
    return "an archive (zip, as PyTorch's .pth)";
  return "bytes that are no text";
}

void fovea::printTamed(const llvm::SMDiagnostic &diagnostic, void *) {
  auto tame = [](llvm::StringRef text) {
    std::string result = text.str();
    for (size_t i = 0; i < result.size(); ++i) {
      unsigned char first = result[i], second = i + 1 < result.size() ? result[i + 1] : 0;
      unsigned char third = i + 2 < result.size() ? result[i + 2] : 0;
      bool turns =
          first == 0xe2 && ((second == 0x80 && (third == 0x8e || third == 0x8f || (third >= 0xaa && third <= 0xae))) ||
                            (second == 0x81 && third >= 0xa6 && third <= 0xa9));
      bool controls =
          (first < 0x20 && first != '\t' && first != '\n') || first == 0x7f || (first == 0xc2 && second < 0xa0);
      for (int bytes = turns ? 3 : controls ? 1 : 0; bytes > 0; --bytes)
        result[i + bytes - 1] = '?';
    }
    return result;
  };
  llvm::SMDiagnostic safe(*diagnostic.getSourceMgr(), diagnostic.getLoc(), diagnostic.getFilename(),
                          diagnostic.getLineNo(), diagnostic.getColumnNo(), diagnostic.getKind(),
                          tame(diagnostic.getMessage()), tame(diagnostic.getLineContents()), diagnostic.getRanges());
  safe.print(/*ProgName=*/nullptr, llvm::errs());
}
