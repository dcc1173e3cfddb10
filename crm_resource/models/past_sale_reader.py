"""Read a table of text from a file, as a stream: CSV in its usual dresses, and XLSX.

Plain Python that knows nothing of the ERP: what cannot be read raises
:class:`UnreadableFile` with a code, which the model puts into the user's words.
"""

import codecs
import csv
import gzip
import hashlib
import io
import lzma
import re
import zipfile
import zlib
from datetime import datetime
from decimal import Decimal
from itertools import chain, islice
from operator import methodcaller

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
SAMPLE_SIZE = 1000
BLOCK_SIZE = 1 << 16
BOMS = [
    (codecs.BOM_UTF8, "utf_8_sig"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
]
REASONS = [
    (UnicodeError, "encoding"),
    (csv.Error, "quotes"),
    ((EOFError, OSError, lzma.LZMAError, zlib.error), "compressed"),
]
FAILURES = (UnicodeError, csv.Error, EOFError, OSError, lzma.LZMAError, zlib.error)
# what a spreadsheet takes for a formula
FORMULA_START = tuple("=+-@\t\r")
ESCAPED_START = frozenset(f"'{start}" for start in FORMULA_START)
NUMBER = re.compile(r"[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?")


class UnreadableFile(Exception):
    """The file as a whole cannot be read.

    :param str code: one of ``compressed``, ``empty``, ``encoding``, ``old_excel``,
        ``openpyxl``, ``quotes``, ``xlsx``
    :param int row: number of the row where reading ended, if it is known
    """

    def __init__(self, code, row=None):
        super().__init__(code)
        self.code = code
        self.row = row


class TableFile:
    """A table of text in a file; its first row names the columns.

    :param opener: function that opens the bytes of the file anew
    :param str encoding: Python's name of the encoding, None to find it out
    :param str delimiter: what separates the cells, None to find it out
    :param bool use_decimal_comma: how numbers of a spreadsheet are written as text
    """

    def __init__(self, opener, encoding=None, delimiter=None, use_decimal_comma=False):
        self._opener = opener
        self.use_decimal_comma = use_decimal_comma
        with opener() as stream:
            start = stream.read(8)
        if start.startswith(b"\xd0\xcf\x11\xe0"):
            raise UnreadableFile("old_excel")
        self._compression = (
            lzma.open
            if start.startswith(b"\xfd7zXZ")
            else gzip.open
            if start.startswith(b"\x1f\x8b")
            else None
        )
        self.is_xlsx = start.startswith(b"PK\x03\x04")
        if not self.is_xlsx:
            self.encoding = encoding or self._detect_encoding()
            self.delimiter = delimiter or self._detect_delimiter()

    def read_table(self, size=SAMPLE_SIZE):
        """Return the names of the columns, the number of the row after them, and an
        iterator over the rows from there on, lists of text, in chunks of ``size``.

        :raise UnreadableFile: here and in the iterator, where the file ends to be
            readable
        """
        chunks = self._read_chunks(size)
        number = 1
        for chunk in chunks:
            for place, row in enumerate(chunk, 1):
                if any(map(str.strip, row)):
                    return row, number + place, chain([chunk[place:]], chunks)
            number += len(chunk)
        raise UnreadableFile("empty")

    def read_start(self):
        """Return the names of the columns and the first rows, a thousand at most."""
        headers, _number, chunks = self.read_table()
        return headers, next(chunks)

    def _read_chunks(self, size):
        """Yield lists of rows: one by one would take a third longer."""
        rows = self._read_xlsx() if self.is_xlsx else self._read_csv()
        try:
            while chunk := list(islice(rows, size)):
                yield chunk
        except FAILURES as error:
            code = next(code for kinds, code in REASONS if isinstance(error, kinds))
            raise UnreadableFile(code, self._find_failure()) from error

    def _find_failure(self):
        """Return the number of the row where reading ends."""
        number = 1
        try:
            for _row in self._read_xlsx() if self.is_xlsx else self._read_csv():
                number += 1
        except FAILURES:
            return number
        return None

    def get_checksum(self):
        """Return a digest of the bytes of the file."""
        digest = hashlib.sha256()
        with self._opener() as stream:
            while block := stream.read(BLOCK_SIZE):
                digest.update(block)
        return digest.hexdigest()

    # ------------------------------------------------------------
    # CSV
    # ------------------------------------------------------------

    def _open(self):
        stream = self._opener()
        return self._compression(stream) if self._compression else stream

    def _read_csv(self):
        with self._open() as stream:
            text = io.TextIOWrapper(stream, encoding=self.encoding, newline="")
            # PostgreSQL stores no NUL, and it means nothing in a text
            lines = map(methodcaller("replace", "\0", ""), text)
            yield from csv.reader(lines, delimiter=self.delimiter, strict=True)

    def _detect_encoding(self):
        try:
            with self._open() as stream:
                start = stream.read(4)
            for mark, encoding in BOMS:
                if start.startswith(mark):
                    return encoding
            for encoding in ("utf_8", "gb18030", "cp1252"):
                if self._is_encoded(encoding):
                    return encoding
        except (EOFError, OSError, lzma.LZMAError, zlib.error):
            raise UnreadableFile("compressed") from None
        return "latin_1"

    def _is_encoded(self, encoding):
        """Whether all of the file is in this encoding; Chinese must look like it."""
        decoder = codecs.getincrementaldecoder(encoding)()
        is_plausible = encoding != "gb18030"
        try:
            with self._open() as stream:
                while block := stream.read(BLOCK_SIZE):
                    text = decoder.decode(block)
                    if not is_plausible and not text.isascii():
                        if not _looks_chinese(text):
                            return False
                        is_plausible = True
                decoder.decode(b"", final=True)
        except UnicodeError:
            return False
        return is_plausible

    def _detect_delimiter(self):
        self.delimiter = ","
        with self._open() as stream:
            text = io.TextIOWrapper(stream, self.encoding, newline="", errors="replace")
            header = next((line for line in text if line.strip()), "")
        header = re.sub(r'"[^"]*"', "", header)
        return max(DELIMITERS.values(), key=header.count)

    # ------------------------------------------------------------
    # XLSX
    # ------------------------------------------------------------

    def _read_xlsx(self):
        try:
            import openpyxl
        except ImportError:
            raise UnreadableFile("openpyxl") from None
        with self._opener() as stream:
            try:
                book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
                for row in book.worksheets[0].iter_rows(values_only=True):
                    yield [self._format_cell(value) for value in row]
            except (IndexError, KeyError, SyntaxError, ValueError, zipfile.BadZipFile):
                raise UnreadableFile("xlsx") from None

    def _format_cell(self, value):
        if value is None:
            return ""
        if isinstance(value, datetime):
            return value.isoformat(" ", "seconds")
        if isinstance(value, float):
            value = int(value) if value.is_integer() else Decimal(repr(value))
            text = format(value, "f" if isinstance(value, Decimal) else "d")
            return text.replace(".", ",") if self.use_decimal_comma else text
        return str(value).replace("\0", "")


def _looks_chinese(text):
    """Whether a text, decoded as Chinese, was written so: letters with accents followed
    by plain ones decode as well, but to characters that hardly anybody writes."""
    foreign = [letter for letter in text if not letter.isascii()]
    common = "".join(foreign).encode("gb2312", "ignore").decode("gb2312")
    return len(common) > 0.6 * len(foreign)


def guess_is_month_first(values):
    """Return whether dates like 12/31/2011 begin with the month.

    >>> guess_is_month_first(["12/1/2010 8:26", "12/13/2010 9:01"])
    True
    >>> guess_is_month_first(["1/12/2010", "2010-12-31"])
    False
    """
    pairs = [
        re.match(r"(\d{1,2})[-/. ](\d{1,2})[-/. ]\d{2}", value) for value in values
    ]
    pairs = [(int(pair[1]), int(pair[2])) for pair in pairs if pair]
    return any(second > 12 for _first, second in pairs) and not any(
        first > 12 for first, _second in pairs
    )


def guess_is_decimal_comma(values):
    """Return whether numbers are written like 1.234,50.

    >>> guess_is_decimal_comma(["3", "2,55", "1.000,00"])
    True
    >>> guess_is_decimal_comma(["1,000", "2.55"])
    False
    """
    comma = sum(bool(re.search(r",(?:\d{1,2}|\d{4,})$", value)) for value in values)
    point = sum(bool(re.search(r"\.(?:\d{1,2}|\d{4,})$", value)) for value in values)
    return comma > point


def escape_formula(cell):
    """Return the text of a cell so that no spreadsheet runs it; numbers stay as they
    are.

    >>> escape_formula("=1+1"), escape_formula("-5.5"), escape_formula("-A1")
    ("'=1+1", '-5.5', "'-A1")
    """
    if cell.startswith(FORMULA_START) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
