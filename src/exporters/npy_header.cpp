// SPDX-License-Identifier: MIT
#include "exporters/npy_header.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/printable.hpp"
#include "exporters/not_possible.hpp"

namespace restapi::exporters {
namespace {

// As many as NumPy 2 allows. The depth of nested lists stays within bounds.
constexpr std::size_t most_dimensions = 64;

constexpr std::string_view magic = "\x93NUMPY";

/// Types and their sizes in bytes. Texts have any size, in characters of so many bytes.
struct TypeRow {
  char kind;
  std::string_view sizes;
  std::size_t character = 0;
};
constexpr TypeRow types[] = {{'b', "1"}, {'i', "1248"}, {'u', "1248"}, {'f', "248"}, {'U', "", 4}, {'S', "", 1}};

Error damaged(std::string_view what) { return {Code::export_not_possible, "an array file " + std::string(what)}; }

std::optional<std::size_t> product(std::size_t a, std::size_t b) {
  if (b != 0 && a > std::numeric_limits<std::size_t>::max() / b) return std::nullopt;
  return a * b;
}

/// A dictionary of Python, as far as NumPy writes it: texts without escapes, True and False, tuples of integers.
/// What is read is taken away.
class Literal {
 public:
  explicit Literal(std::string_view text) : rest_(text) {}

  bool take(std::string_view token) {
    skip_blanks();
    if (rest_.substr(0, token.size()) != token) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  bool begins_with(char byte) {
    skip_blanks();
    return !rest_.empty() && rest_.front() == byte;
  }

  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }

  std::optional<std::string_view> text() {
    for (std::string_view const quote : {"'", "\""}) {
      if (!take(quote)) continue;
      auto const end = rest_.find(quote);
      if (end == rest_.npos) return std::nullopt;
      auto const inside = rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      if (inside.find('\\') != inside.npos) return std::nullopt;
      return inside;
    }
    return std::nullopt;
  }

  std::optional<bool> boolean() {
    if (take("True")) return true;
    if (take("False")) return false;
    return std::nullopt;
  }

  /// `()`, `(3,)`, `(3, 2)`.
  std::optional<std::vector<std::size_t>> tuple() {
    std::vector<std::size_t> numbers;
    if (!take("(")) return std::nullopt;
    while (!take(")")) {
      auto const number = integer();
      if (!number || numbers.size() == most_dimensions) return std::nullopt;
      numbers.push_back(*number);
      if (take(",")) continue;
      if (numbers.size() == 1 || !begins_with(')')) return std::nullopt;
    }
    return numbers;
  }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  std::optional<std::size_t> integer() {
    skip_blanks();
    std::size_t number{};
    auto const [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc{}) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    take("L");  // Python 2
    return number;
  }

  std::string_view rest_;
};

/// `<f8`: the order of bytes, the kind, the size.
std::optional<Error> read_type(NpyHeader& header, std::string_view written) {
  auto const unknown = [&] {
    return not_possible("an array has values of the type " + printable(written, 20) + ", which cannot be exported");
  };
  auto type = written;
  auto order = '=';
  if (!type.empty() && std::string_view("<>|=").find(type.front()) != std::string_view::npos) {
    order = type.front();
    type.remove_prefix(1);
  }
  header.is_big_endian = order == '>' || (order == '=' && std::endian::native == std::endian::big);
  if (type.size() < 2) return unknown();
  auto const row = std::find_if(std::begin(types), std::end(types), [&](auto const& t) { return t.kind == type[0]; });
  if (row == std::end(types)) return unknown();
  header.kind = row->kind;
  auto const digits = type.substr(1);
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), header.size);
  if (error == std::errc::result_out_of_range) return damaged("has texts of a size beyond all bounds");
  if (error != std::errc{} || end != digits.data() + digits.size()) return unknown();
  if (row->character == 0) {
    if (digits.size() != 1 || row->sizes.find(digits) == row->sizes.npos) return unknown();
    return std::nullopt;
  }
  auto const size = product(header.size, row->character);
  if (!size) return damaged("has texts of a size beyond all bounds");
  header.size = *size;
  return std::nullopt;
}

/// Each of the three keys once, in any order.
std::optional<Error> read_dictionary(NpyHeader& header, std::string_view text) {
  Literal literal(text);
  std::optional<std::string_view> type;
  std::optional<bool> is_fortran;
  std::optional<std::vector<std::size_t>> shape;
  auto const ill_formed = damaged("has a header that is not what NumPy writes");
  if (!literal.take("{")) return ill_formed;
  while (!literal.take("}")) {
    auto const key = literal.text();
    if (!key || !literal.take(":")) return ill_formed;
    if (*key == "descr" && !type) {
      if (literal.begins_with('[')) return not_possible("an array has records, which cannot be exported");
      type = literal.text();
      if (!type) return ill_formed;
    } else if (*key == "fortran_order" && !is_fortran) {
      is_fortran = literal.boolean();
      if (!is_fortran) return ill_formed;
    } else if (*key == "shape" && !shape) {
      shape = literal.tuple();
      if (!shape) return damaged("has a shape that is none, or more than 64 dimensions");
    } else {
      return ill_formed;
    }
    if (!literal.take(",") && !literal.begins_with('}')) return ill_formed;
  }
  if (!literal.at_end() || !type || !is_fortran || !shape) return ill_formed;
  header.is_fortran = *is_fortran;
  header.shape = std::move(*shape);
  return read_type(header, *type);
}

std::optional<Error> check_size(NpyHeader& header, std::size_t bytes) {
  // As in NumPy, a 0 among the factors does not excuse the others.
  std::size_t all = 1;
  header.count = 1;
  for (auto const length : header.shape) {
    auto const more = product(all, std::max(length, std::size_t{1}));
    if (!more) return damaged("has a shape beyond all bounds");
    all = *more;
    header.count *= length;
  }
  auto const size = product(header.count, header.size);
  if (!size || *size != bytes - header.begin) return damaged("is not as long as its shape says");
  // Texts without characters take no bytes in the file, but in memory.
  if (header.count > bytes) return damaged("has more empty texts than bytes");
  return std::nullopt;
}

}  // namespace

Result<NpyHeader> read_npy_header(std::string_view bytes) {
  if (bytes.substr(0, magic.size()) != magic) return damaged("does not begin as those of NumPy do");
  auto const cut_short = damaged("is cut short");
  auto const byte = [&](std::size_t place) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[place]));
  };
  auto const version_at = magic.size(), length_at = version_at + 2;
  if (bytes.size() < length_at) return cut_short;
  auto const version = byte(version_at);
  if (version < 1 || version > 3) return damaged("is of an unknown version");
  std::size_t const length_size = version == 1 ? 2 : 4;
  auto const text_at = length_at + length_size;
  if (bytes.size() < text_at) return cut_short;
  std::size_t length = 0;
  for (auto place = text_at; place-- > length_at;) length = length << 8 | byte(place);
  if (bytes.size() - text_at < length) return cut_short;
  NpyHeader header{};
  header.begin = text_at + length;
  if (auto error = read_dictionary(header, bytes.substr(text_at, length))) return *error;
  if (auto error = check_size(header, bytes.size())) return *error;
  return header;
}

}  // namespace restapi::exporters
