// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#include "frontend/Npy.h"
#include "frontend/FileIO.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <optional>

using namespace llvm;

namespace fovea {

namespace {

constexpr StringLiteral kMagic = "\x93NUMPY";
constexpr size_t kMaxRank = 8;
constexpr size_t kMaxHeaderBytes = 1 << 20;

struct ElementType {
  StringLiteral name, descriptor;
  int64_t bytes;
};
constexpr ElementType kElementTypes[] = {{"f16", "<f2", 2}, {"f32", "<f4", 4}, {"f64", "<f8", 8},
                                         {"i32", "<i4", 4}, {"i64", "<i8", 8}, {"u8", "|u1", 1}};

/// Bytes of a tensor; nothing when a size is negative or the product too large for an int64.
std::optional<int64_t> byteCount(ArrayRef<int64_t> shape, int64_t elementBytes) {
  int64_t bytes = elementBytes;
  for (int64_t size : shape)
    if (size < 0 || MulOverflow(bytes, size, bytes))
      return std::nullopt;
  return bytes;
}

/// The header: a Python dictionary literal with exactly the keys descr, fortran_order and shape.
class HeaderParser {
public:
  HeaderParser(StringRef path, StringRef text, size_t offset) : path(path), text(text), rest(text), offset(offset) {}

  Error parse(NpyArray &array, int64_t &elementBytes) {
    if (!take("{"))
      return expected("'{'");
    SmallVector<StringRef, 3> seen;
    while (!take("}")) {
      StringRef key;
      if (!takeString(key))
        return expected("a key in quotes or '}'");
      if (is_contained(seen, key))
        return expected("each key once, found " + quote(key) + " again");
      seen.push_back(key);
      if (!take(":"))
        return expected("':'");
      if (Error error = parseValue(key, array, elementBytes))
        return error;
      if (!take(",") && !rest.ltrim().starts_with("}"))
        return expected("',' or '}'");
    }
    if (!rest.trim(" \n").empty())
      return expected("the end of the header");
    for (StringRef key : {"descr", "fortran_order", "shape"})
      if (!is_contained(seen, key))
        return fileError(ErrorId::ArrayFile, path, "the header lacks the key '" + key + "'");
    return Error::success();
  }

private:
  Error parseValue(StringRef key, NpyArray &array, int64_t &elementBytes) {
    if (key == "descr")
      return parseElementType(array, elementBytes);
    if (key == "fortran_order") {
      if (take("True"))
        return fileError(ErrorId::ArrayFile, path,
                         "is in Fortran order, expected C order; save it with numpy.ascontiguousarray");
      return take("False") ? Error::success() : expected("True or False");
    }
    if (key == "shape")
      return parseShape(array);
    return expected("one of the keys descr, fortran_order and shape, found " + quote(key));
  }

  Error parseElementType(NpyArray &array, int64_t &elementBytes) {
    StringRef descriptor;
    if (!takeString(descriptor))
      return expected("an element type in quotes, such as '<f4'");
    for (const ElementType &type : kElementTypes)
      if (type.descriptor == descriptor) {
        array.dtype = type.name.str();
        elementBytes = type.bytes;
        return Error::success();
      }
    std::string legal;
    for (const ElementType &type : kElementTypes)
      legal += (legal.empty() ? "'" : ", '") + type.descriptor.str() + "' (" + type.name.str() + ")";
    return fileError(ErrorId::ArrayFile, path, "element type " + quote(descriptor) + ", expected one of " + legal);
  }

  Error parseShape(NpyArray &array) {
    if (!take("("))
      return expected("'('");
    while (!take(")")) {
      int64_t size;
      if (!takeSize(size))
        return expected("a size from 0 to 2^63 - 1, or ')'");
      array.shape.push_back(size);
      if (array.shape.size() > kMaxRank)
        return expected("at most " + Twine(kMaxRank) + " axes");
      // Python writes one size as `(3,)`; `(3)` would be a number.
      bool comma = take(",");
      if (!comma && (array.shape.size() == 1 || !rest.ltrim().starts_with(")")))
        return expected("','");
    }
    return Error::success();
  }

  bool takeSize(int64_t &size) {
    rest = rest.ltrim();
    StringRef digits = rest.take_while(isDigit);
    if (digits.getAsInteger(10, size))
      return false;
    rest = rest.drop_front(digits.size());
    return true;
  }

  bool take(StringRef token) {
    rest = rest.ltrim();
    return rest.consume_front(token);
  }

  bool takeString(StringRef &value) {
    rest = rest.ltrim();
    if (rest.empty() || (rest.front() != '\'' && rest.front() != '"'))
      return false;
    size_t end = rest.find(rest.front(), 1);
    if (end == StringRef::npos)
      return false;
    value = rest.slice(1, end);
    rest = rest.drop_front(end + 1);
    return true;
  }

  Error expected(const Twine &what) {
    return fileError(ErrorId::ArrayFile, path,
                     "byte " + Twine(offset + (text.size() - rest.size())) + " of the header: expected " + what);
  }

  StringRef path, text, rest;
  size_t offset; // of the header in the file
};

} // namespace

Expected<NpyArray> readNpy(StringRef path) {
  Expected<std::unique_ptr<WritableMemoryBuffer>> file = readFile(path);
  if (!file)
    return file.takeError();
  StringRef bytes((*file)->getBufferStart(), (*file)->getBufferSize());
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + 4)
    return fileError(ErrorId::ArrayFile, path, "is not a .npy file: it does not begin with '\\x93NUMPY'");

  int major = uint8_t(bytes[kMagic.size()]), minor = uint8_t(bytes[kMagic.size() + 1]);
  if ((major != 1 && major != 2) || minor != 0)
    return fileError(ErrorId::ArrayFile, path,
                     "is of .npy version " + Twine(major) + "." + Twine(minor) + ", expected 1.0 or 2.0");
  StringRef rest = bytes.drop_front(kMagic.size() + 2);
  size_t lengthBytes = major == 1 ? 2 : 4;
  if (rest.size() < lengthBytes)
    return fileError(ErrorId::ArrayFile, path, "ends within the length of its header");
  size_t length = major == 1 ? support::endian::read16le(rest.data()) : support::endian::read32le(rest.data());
  rest = rest.drop_front(lengthBytes);
  if (length > rest.size() || length > kMaxHeaderBytes)
    return fileError(ErrorId::ArrayFile, path,
                     "has a header of " + Twine(length) + " bytes, expected at most " +
                         Twine(std::min(rest.size(), kMaxHeaderBytes)));

  NpyArray array;
  int64_t elementBytes = 0;
  if (Error error = HeaderParser(path, rest.take_front(length), bytes.size() - rest.size()).parse(array, elementBytes))
    return error;
  StringRef data = rest.drop_front(length);
  std::optional<int64_t> size = byteCount(array.shape, elementBytes);
  if (!size)
    return fileError(ErrorId::ArrayFile, path, "has a shape of 2^63 bytes or more");
  if (data.size() != uint64_t(*size))
    return fileError(ErrorId::ArrayFile, path,
                     "holds " + Twine(data.size()) + " bytes of data, expected " + Twine(*size) + " for its shape");
  array.data.assign(data.begin(), data.end());
  return array;
}

Error writeNpy(StringRef path, const NpyArray &array) {
  const ElementType *type = find_if(kElementTypes, [&](const ElementType &t) { return t.name == array.dtype; });
  if (type == std::end(kElementTypes))
    return fileError(ErrorId::ArrayFile, path, "cannot write element type " + quote(array.dtype));
  if (byteCount(array.shape, type->bytes) != int64_t(array.data.size()))
    return fileError(ErrorId::ArrayFile, path,
                     "cannot write " + Twine(array.data.size()) + " bytes: the shape does not fit them");

  std::string shape;
  for (int64_t size : array.shape)
    shape += (shape.empty() ? "" : ", ") + std::to_string(size);
  if (array.shape.size() == 1)
    shape += ",";
  std::string header =
      ("{'descr': '" + type->descriptor + "', 'fortran_order': False, 'shape': (" + shape + "), }").str();
  // Magic, version, length, header and a line end fill a multiple of 64 bytes.
  size_t total = alignTo(kMagic.size() + 4 + header.size() + 1, 64);
  header.append(total - kMagic.size() - 4 - header.size() - 1, ' ');
  header += '\n';
  return writeFile(path, [&](raw_ostream &stream) {
    char length[2];
    support::endian::write16le(length, header.size());
    stream << kMagic << '\x01' << '\0' << StringRef(length, 2) << header
           << StringRef(array.data.data(), array.data.size());
  });
}

} // namespace fovea
