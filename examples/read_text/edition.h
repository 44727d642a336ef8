// Editions of PP-OCR, whose networks come with rules of their own around them.
#ifndef READ_TEXT_EDITION_H
#define READ_TEXT_EDITION_H

namespace ocr {

/// PP-OCRv4 with the rules of the Python package rapidocr_onnxruntime 1.4.4, PP-OCRv6 with those of rapidocr 3.10.
enum class Edition { V4, V6 };

} // namespace ocr

#endif
