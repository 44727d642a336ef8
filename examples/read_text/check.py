"""Compares what read_text answers with what rapidocr does, on the same pictures.

    check.py READ_TEXT LIBRARIES PICTURE...           whole answers: boxes, text, scores
    check.py --line READ_TEXT LIBRARIES PICTURE...    pictures of one line each: text and scores

A box must be equal after rounding, text equal, a score within 0.001. Prints a line for each picture that differs, and
a summary. Needs rapidocr_onnxruntime 1.4.4, or rapidocr 3.10 with --edition 6.
"""

import argparse
import json
import logging
import subprocess
import sys

SCORE_TOLERANCE = 1e-3


def rapidocr_4(line):
    """A function from a picture's path to its lines, (box, text, score) each, by PP-OCRv4."""
    from rapidocr_onnxruntime import RapidOCR

    ocr = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)

    def read(path):
        found, _ = ocr(path, use_det=not line)
        return [each if not line else [None, *each] for each in found or []]

    return read


def rapidocr_6(line):
    """The same by PP-OCRv6."""
    from rapidocr import RapidOCR

    logging.disable(logging.WARNING)
    ocr = RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": 1})

    def read(path):
        found = ocr(path, use_det=not line)
        if not found.txts:
            return []
        boxes = [None] * len(found.txts) if line else found.boxes.tolist()
        return list(zip(boxes, found.txts, found.scores))

    return read


def difference(ours, theirs):
    """What is different between two lists of lines; nothing if they are equal."""
    if len(ours) != len(theirs):
        return f"{len(ours)} lines, rapidocr has {len(theirs)}"
    for number, (line, (box, text, score)) in enumerate(zip(ours, theirs), 1):
        if line["text"] != text:
            return f"line {number}: '{line['text']}', rapidocr reads '{text}'"
        if box is not None and [[round(v) for v in p] for p in line["box"]] != [[round(v) for v in p] for p in box]:
            return f"line {number}: box {line['box']}, rapidocr's is {box}"
        if abs(line["score"] - score) > SCORE_TOLERANCE:
            return f"line {number}: score {line['score']}, rapidocr's is {score}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("read_text")
    parser.add_argument("libraries")
    parser.add_argument("pictures", nargs="+")
    parser.add_argument("--line", action="store_true", help="the pictures have one line each, which is not looked for")
    parser.add_argument("--edition", choices=["4", "6"], default="4", help="of PP-OCR")
    arguments = parser.parse_args()
    option = ["--line"] if arguments.line else []
    if arguments.edition == "6":
        option += ["--edition", "6"]
    command = [arguments.read_text, "--json", *option, arguments.libraries, *arguments.pictures]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout
    decoder, answers = json.JSONDecoder(), {}
    while output := output.lstrip():
        answer, end = decoder.raw_decode(output)
        answers[answer["picture"]] = answer["lines"]
        output = output[end:]

    read = (rapidocr_6 if arguments.edition == "6" else rapidocr_4)(arguments.line)
    equal = lines = 0
    largest = 0.0
    for picture in arguments.pictures:
        theirs = read(picture)
        problem = difference(answers[picture], theirs) if picture in answers else "no answer"
        if problem:
            print(f"{picture}: {problem}", flush=True)
        else:
            equal += 1
            lines += len(theirs)
            scores = zip((line["score"] for line in answers[picture]), (score for *_, score in theirs))
            largest = max([largest, *(abs(ours - score) for ours, score in scores)])
    print(f"{equal} of {len(arguments.pictures)} pictures equal, {lines} lines in them, scores within {largest:.1e}")
    sys.exit(equal < len(arguments.pictures))


if __name__ == "__main__":
    main()
