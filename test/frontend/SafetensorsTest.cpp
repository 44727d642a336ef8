#include "frontend/Safetensors.h"
#include "test/frontend/TemporaryFile.h"

#include "llvm/ADT/ArrayRef.h"
#include <cmath>
#include <cstring>
#include <limits>

using namespace fovea;
using namespace fovea::test;

namespace {

/// A file of this header and that many bytes of data.
std::string weights(const std::string &header, size_t dataBytes) {
  std::string length(8, '\0');
  for (int i = 0; i < 8; ++i)
    length[i] = char(uint64_t(header.size()) >> (8 * i));
  return length + header + std::string(dataBytes, 'x');
}

template <typename T> llvm::ArrayRef<char> bytesOf(const std::vector<T> &values) {
  return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)};
}

class Safetensors : public ::testing::Test {
protected:
  std::string read(const std::string &bytes) {
    writeBytes(path, bytes);
    return errorText(SafetensorsFile::read(path));
  }

  TemporaryFolder folder;
  std::string path = folder.file("w.safetensors");
};

TEST_F(Safetensors, RoundTrip) {
  std::vector<float> a = {1, -2.5f, 3};
  std::vector<uint16_t> b = {0x3c00};
  std::vector<int64_t> counter = {7};
  std::vector<TensorRecord> tensors = {{"b \"quoted\" \xc3\xa9", DType::F16, {1, 1}, bytesOf(b)},
                                       {"a", DType::F32, {3}, bytesOf(a)},
                                       {"empty", DType::F32, {0, 4}, {}},
                                       {"count", DType::I64, {}, bytesOf(counter)}};
  ASSERT_FALSE(bool(writeSafetensors(path, tensors)));
  std::string first = readBytes(path);
  std::swap(tensors[0], tensors[3]);
  ASSERT_FALSE(bool(writeSafetensors(path, tensors)));
  EXPECT_EQ(readBytes(path), first) << "the order of the tensors shows";
  EXPECT_EQ(folder.count(), 1);

  llvm::Expected<SafetensorsFile> file = SafetensorsFile::read(path);
  ASSERT_TRUE(bool(file)) << llvm::toString(file.takeError());
  ASSERT_EQ(file->tensors().size(), 4u);
  for (const TensorRecord &tensor : tensors) {
    const TensorRecord *found = file->find(tensor.name);
    ASSERT_NE(found, nullptr) << tensor.name;
    EXPECT_EQ(found->dtype, tensor.dtype);
    EXPECT_EQ(found->shape, tensor.shape);
    EXPECT_EQ(found->data, tensor.data);
  }
  EXPECT_EQ(file->find("c"), nullptr);
  EXPECT_EQ(file->find(""), nullptr);
}

TEST_F(Safetensors, BytesAndHash) {
  std::vector<float> a = {1};
  ASSERT_FALSE(bool(writeSafetensors(path, {{"a", DType::F32, {1}, bytesOf(a)}})));
  std::string header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
  header.resize(56, ' ');
  EXPECT_EQ(readBytes(path), weights(header, 0) + std::string("\0\0\x80\x3f", 4));
  llvm::Expected<SafetensorsFile> file = SafetensorsFile::read(path);
  ASSERT_TRUE(bool(file));
  EXPECT_EQ(file->contentHash(), "427ced8c210ee974af259be92039e9a37878c6c62eb2c4145139589eb3633a0b");
}

TEST_F(Safetensors, Conversions) {
  float infinity = std::numeric_limits<float>::infinity();
  std::vector<uint16_t> halves = {0x3c00, 0xc000, 0x7bff, 0x0001, 0x83ff, 0x8000, 0x7c00, 0xfc00, 0x7e00};
  auto f16 = llvm::cantFail(toF32({"h", DType::F16, {9}, bytesOf(halves)}));
  std::vector<float> expected = {1, -2, 65504, 0x1p-24f, -0x1.ff8p-15f, -0.0f, infinity, -infinity};
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(std::memcmp(&f16[i], &expected[i], 4), 0) << i << ": " << f16[i];
  EXPECT_TRUE(std::isnan(f16[8]));

  std::vector<uint16_t> brains = {0x3f80, 0xc0a0, 0x0001};
  EXPECT_EQ(llvm::cantFail(toF32({"b", DType::BF16, {3}, bytesOf(brains)})), (std::vector<float>{1, -5, 0x1p-133f}));
  std::vector<double> doubles = {0.1, 1e300, -3};
  EXPECT_EQ(llvm::cantFail(toF32({"d", DType::F64, {3}, bytesOf(doubles)})), (std::vector<float>{0.1f, infinity, -3}));
  std::vector<float> floats = {0.1f};
  EXPECT_EQ(llvm::cantFail(toF32({"f", DType::F32, {1}, bytesOf(floats)})), floats);
  std::vector<int32_t> integers = {1};
  EXPECT_EQ(errorText(toF32({"i", DType::I32, {1}, bytesOf(integers)})),
            "tensor 'i': element type I32, expected F16, BF16, F32 or F64 [weights-type]");
}

TEST_F(Safetensors, DataNeedNotBeAligned) {
  ASSERT_EQ(read(weights("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                         "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}",
                         5)),
            "");
  auto file = llvm::cantFail(SafetensorsFile::read(path));
  float x;
  std::memcpy(&x, "xxxx", 4);
  EXPECT_EQ(llvm::cantFail(toF32(*file.find("b"))), std::vector<float>{x});
}

TEST_F(Safetensors, Accepted) {
  EXPECT_EQ(read(weights("{}", 0)), "");
  EXPECT_EQ(read(weights("{}      ", 0)), "");
  EXPECT_EQ(read(weights("{\"__metadata__\":{\"format\":\"pt\"}}", 0)), "");
  EXPECT_EQ(read(weights("{\"s\":{\"data_offsets\":[0,4],\"dtype\":\"F32\",\"shape\":[]}}", 4)), "");
}

TEST_F(Safetensors, Refused) {
  std::string tensor = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
  auto one = [&](const std::string &from, const std::string &to) {
    std::string text = "{\"a\":" + tensor + "}";
    text.replace(text.find(from), from.size(), to);
    return read(weights(text, 8));
  };
  auto two = [&](const std::string &second, size_t dataBytes) {
    return read(weights("{\"a\":" + tensor + "," + second + "}", dataBytes));
  };
  auto at = [](int begin, int end) {
    return "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[" + std::to_string(begin) + "," +
           std::to_string(end) + "]}";
  };
  std::string deep(100000, '[');
  struct {
    std::string found, expected;
  } cases[] = {
      // The length.
      {read(""), "holds 0 bytes, expected at least the 8"},
      {read("1234567"), "holds 7 bytes"},
      {read(std::string(8, '\0')), "byte 8: expected '{', found ''"},
      {read(std::string("\x03\0\0\0\0\0\0\0{}", 10)), "byte 0: a header of 3 bytes, expected at most 2"},
      {read(std::string("\0\0\0\0\0\0\0\x80{}", 10)), "a header of 9223372036854775808 bytes"},
      // JSON.
      {read(weights("[]", 0)), "byte 8: expected '{', found '['"},
      {read(weights(" {}", 0)), "expected '{', found ' '"},
      {read(weights("\xef\xbb\xbf{}", 0)), "expected '{', found '\\EF'"},
      {read(weights("{} x", 0)), "malformed JSON at byte 12"},
      {read(weights("{\"a\"", 0)), "malformed JSON"},
      {read(weights("{\"a\xff\":1}", 0)), "malformed JSON"},
      {read(weights(std::string("{}\0\0", 4), 0)), "byte 10: the header holds a NUL byte"},
      {read(weights("{\"a\":" + deep, 0)), "tensor 'a': expected an object, found an array"},
      {one("[2]", deep), "key 'shape': expected integers that are not negative, found an array"},
      {one("[2]", "{\"x\":1}"), "key 'shape': expected an array of integers, found an object"},
      {one(tensor, "1"), "tensor 'a': expected an object, found a number"},
      {one(tensor, "\"F32\""), "tensor 'a': expected an object, found a string"},
      {one(tensor, "null"), "tensor 'a': expected an object, found null"},
      // Names and keys.
      {two("\"a\":" + tensor, 8), "tensor 'a' appears twice"},
      {one("\"a\"", "\"\""), "tensor name '', expected 1 to 1024 bytes"},
      {one("\"a\"", "\"a\\u0000\""), "tensor name 'a\\00', expected"},
      {one("\"a\"", "\"a\\u001b[2J\""), "tensor name 'a\\1B[2J', expected"},
      {one("\"a\"", "\"" + std::string(1025, 'n') + "\""), "nnn'..., expected 1 to 1024"},
      {one("\"dtype\"", "\"type\""), "tensor 'a': key 'type', expected 'dtype', 'shape' or 'data_offsets'"},
      {one("\"shape\":[2]", "\"shape\":[2],\"x\":1"), "tensor 'a': key 'x', expected"},
      {one("\"shape\":[2]", "\"shape\":[2],\"shape\":[2]"), "tensor 'a': key 'shape' appears twice"},
      {one("\"shape\":[2],", ""), "tensor 'a': lacks the key 'shape'"},
      {one("\"dtype\":\"F32\",", ""), "tensor 'a': lacks the key 'dtype'"},
      {one(",\"data_offsets\":[0,8]", ""), "tensor 'a': lacks the key 'data_offsets'"},
      {read(weights("{\"__metadata__\":{\"a\":1}}", 0)), "metadata 'a': expected a string, found a number"},
      {read(weights("{\"__metadata__\":{\"a\":{}}}", 0)), "metadata 'a': expected a string, found an object"},
      {read(weights("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", 0)), "metadata key 'a' appears twice"},
      {read(weights("{\"__metadata__\":{},\"__metadata__\":{}}", 0)), "appears twice"},
      // Values.
      {one("F32", "F31"), "tensor 'a': unknown element type 'F31'"},
      {one("\"F32\"", "4"), "key 'dtype': expected a string, found a number"},
      {one("[2]", "[-2]"), "found the negative number -2"},
      {one("[2]", "[2.0]"), "found the number '2.0'"},
      {one("[2]", "[\"2\"]"), "found a string"},
      {one("[2]", "[true]"), "found a boolean"},
      {one("[2]", "[18446744073709551616]"), "found the number '18446744073709551616'"},
      {one("[2]", "[18446744073709551615]"), "size 18446744073709551615, expected at most 2^40"},
      {one("[2]", "[1099511627776,2]"), "more than 2^40 elements"},
      {one("[2]", "[1,1,1,1,1,1,1,1,2]"), "more than 8 axes"},
      {one("[2]", "[3]"), "data offsets 0 to 8, expected 12 bytes"},
      // Places.
      {one("[0,8]", "[0]"), "expected two data offsets, found 1"},
      {one("[0,8]", "[0,8,8]"), "expected two data offsets, found more"},
      {one("[0,8]", "[8,0]"), "data offsets 8 to 0"},
      {one("[0,8]", "[18446744073709551608,0]"), "expected 8 bytes"},
      {one("[0,8]", "[1,9]"), "begins at byte 1 of the data, expected 0"},
      {two(at(12, 16), 16), "tensor 'b': begins at byte 12 of the data, expected 8"},
      {two(at(4, 8), 8), "tensor 'b': begins at byte 4 of the data, expected 8"},
      {two(at(8, 12), 11), "tensor 'b': ends at byte 12 of the data, but the file holds only 11"},
      {two(at(8, 12), 13), "1 bytes after the last tensor"},
  };
  for (auto &[found, expected] : cases) {
    EXPECT_NE(found.find(expected), std::string::npos) << "found: " << found << "\nexpected: " << expected;
    EXPECT_EQ(found.find(path), 0u) << found;
    EXPECT_TRUE(llvm::StringRef(found).ends_with(" [weights-file]")) << found;
  }
}

TEST_F(Safetensors, LenientReadingTellsOfKeysThatItSkips) {
  auto header = [](const std::string &extra) {
    return weights("{\"a\":{\"dtype\":\"F32\",\"x\":" + extra + ",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
  };
  for (const char *extra : {"1", "-1", "1.5", "\"text\"", "true", "null", "[]", "[1, [2, \"y\"]]"}) {
    EXPECT_NE(read(header(extra)), "") << extra;
    std::vector<std::string> skipped;
    llvm::Expected<SafetensorsFile> file = SafetensorsFile::read(path, &skipped);
    ASSERT_TRUE(bool(file)) << extra << llvm::toString(file.takeError());
    EXPECT_EQ(file->find("a")->shape, std::vector<int64_t>{1}) << extra;
    EXPECT_EQ(skipped, std::vector<std::string>{"tensor 'a': key 'x'"}) << extra;
  }
  std::vector<std::string> skipped;
  writeBytes(path, header("{\"dtype\":\"F64\"}"));
  EXPECT_NE(errorText(SafetensorsFile::read(path, &skipped)), "");
  writeBytes(path, header("[{}]"));
  EXPECT_NE(errorText(SafetensorsFile::read(path, &skipped)), "");
}

TEST_F(Safetensors, TooManyTensors) {
  std::string header = "{";
  for (int i = 0; i <= 100000; ++i)
    header += "\"" + std::to_string(i) + "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},";
  header.back() = '}';
  EXPECT_NE(read(weights(header, 0)).find("more than 100000 tensors"), std::string::npos);
}

/// A file with metadata and tensors of several types and ranks.
std::string smallFile() {
  return weights("{\"__metadata__\":{\"format\":\"pt\"},"
                 "\"stem.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                 "\"stem.bias\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[24,32]},"
                 "\"count\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[32,40]},"
                 "\"none\":{\"dtype\":\"F16\",\"shape\":[0],\"data_offsets\":[40,40]}}   ",
                 40);
}

TEST_F(Safetensors, EveryTruncationIsAnError) {
  std::string whole = smallFile();
  ASSERT_EQ(read(whole), "");
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_TRUE(llvm::StringRef(read(whole.substr(0, length))).ends_with("[weights-file]")) << length;
}

// What is accepted means the same but for a name: another name is a weight that is missed, and said to be.
TEST_F(Safetensors, EveryBitFlipOfTheHeaderIsRefusedOrSeen) {
  std::string whole = smallFile();
  writeBytes(path, whole);
  auto original = llvm::cantFail(SafetensorsFile::read(path));
  auto inOrder = [](const SafetensorsFile &file) {
    std::vector<const TensorRecord *> records;
    for (const TensorRecord &tensor : file.tensors())
      records.push_back(&tensor);
    llvm::sort(records, [](auto *a, auto *b) { return a->data.data() < b->data.data(); });
    return records;
  };
  size_t accepted = 0, headerBits = (whole.size() - 40) * 8;
  for (size_t bit = 0; bit < headerBits; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] ^= char(1 << bit % 8);
    writeBytes(path, flipped);
    llvm::Expected<SafetensorsFile> file = SafetensorsFile::read(path);
    if (!file) {
      EXPECT_TRUE(llvm::StringRef(llvm::toString(file.takeError())).ends_with("[weights-file]")) << "bit " << bit;
      continue;
    }
    ++accepted;
    auto found = inOrder(*file), expected = inOrder(original);
    ASSERT_EQ(found.size(), expected.size()) << "bit " << bit;
    size_t renamed = 0;
    for (auto [tensor, before] : llvm::zip_equal(found, expected)) {
      EXPECT_EQ(tensor->dtype, before->dtype) << "bit " << bit;
      EXPECT_EQ(tensor->shape, before->shape) << "bit " << bit;
      EXPECT_EQ(tensor->data, before->data) << "bit " << bit;
      renamed += tensor->name != before->name;
    }
    EXPECT_LE(renamed, 1u) << "bit " << bit;
  }
  EXPECT_LT(accepted, headerBits / 4); // in names, in metadata, and little else
}

TEST_F(Safetensors, HeaderLongerThanTheFormatAllows) {
  writeBytes(path, std::string("\x01\xe1\xf5\x05\0\0\0\0", 8)); // 100000001
  std::filesystem::resize_file(path, 8 + 100000001);
  EXPECT_NE(errorText(SafetensorsFile::read(path)).find("a header of 100000001 bytes, expected at most 100000000"),
            std::string::npos);
}

TEST_F(Safetensors, ReaderSeesOneStateOfTheFile) {
  std::vector<float> a = {1, 2};
  ASSERT_FALSE(bool(writeSafetensors(path, {{"a", DType::F32, {2}, bytesOf(a)}})));
  auto file = llvm::cantFail(SafetensorsFile::read(path));
  std::filesystem::resize_file(path, 0);
  EXPECT_EQ(llvm::cantFail(toF32(*file.find("a"))), a);
}

} // namespace
