// SPDX-License-Identifier: MIT
#include "sql/server_encoding.hpp"

#include <fmt/format.h>
#include <iconv.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/utf8.hpp"

namespace restapi::sql {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// How bytes beyond ASCII make characters.
enum class Form { one_byte, korean_or_chinese, japanese, taiwanese };

using Bytes = std::vector<std::string>;

void add_pairs(Bytes& all, std::string const& before) {
  for (int first = 0xA1; first <= 0xFE; ++first)
    for (int second = 0xA1; second <= 0xFE; ++second)
      all.push_back(before + static_cast<char>(first) + static_cast<char>(second));
}

/// Whatever a server takes for a character beyond ASCII, in the order of bytes, short ones first.
Bytes characters_of(Form form) {
  Bytes all;
  if (form == Form::one_byte) {
    for (int byte = 0x80; byte <= 0xFF; ++byte) all.emplace_back(1, static_cast<char>(byte));
    return all;
  }
  if (form == Form::japanese)
    for (int second = 0xA1; second <= 0xFE; ++second) all.push_back(std::string("\x8E") + static_cast<char>(second));
  add_pairs(all, "");
  if (form == Form::japanese) add_pairs(all, "\x8F");
  if (form == Form::taiwanese)
    for (int plane = 0xA1; plane <= 0xB0; ++plane) add_pairs(all, std::string("\x8E") + static_cast<char>(plane));
  return all;
}

std::uint32_t number_of(std::string_view bytes) {
  std::uint32_t number = 0;
  for (char const byte : bytes) number = (number << 8) | static_cast<unsigned char>(byte);
  return number;
}

class Converter {
 public:
  explicit Converter(char const* from) : handle_(::iconv_open("UTF-8", from)) {}
  ~Converter() {
    if (is_there()) ::iconv_close(handle_);
  }
  Converter(Converter const&) = delete;
  Converter& operator=(Converter const&) = delete;

  bool is_there() const { return reinterpret_cast<std::intptr_t>(handle_) != -1; }

  /// Nothing: it is no character.
  std::optional<std::string> convert(std::string bytes) const {
    ::iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    std::array<char, 32> made{};
    char* from = bytes.data();
    char* to = made.data();
    std::size_t left = bytes.size(), room = made.size();
    constexpr auto failed = static_cast<std::size_t>(-1);
    if (::iconv(handle_, &from, &left, &to, &room) == failed) return std::nullopt;
    ::iconv(handle_, nullptr, nullptr, &to, &room);  // one that waits for what it may be combined with
    return std::string(made.data(), made.size() - room);
  }

 private:
  iconv_t const handle_;
};

bool is_for_private_use(std::string_view character) {
  auto const code_point = utf8::decode(character.substr(0, utf8::first_character(character)));
  return code_point >= 0xE000 && code_point <= 0xF8FF;
}

/// Where glibc has other characters than PostgreSQL 15, compared for all characters of all encodings. Nothing:
/// PostgreSQL has none.
struct Exception {
  std::string_view encoding;
  std::uint32_t first, last;
  std::string_view character;
};
constexpr std::array exceptions{
    Exception{"EUC_JP", 0x8FA2B7, 0x8FA2B7, ""},
    Exception{"EUC_JIS_2004", 0xA1B1, 0xA1B1, "\xE2\x80\xBE"},
    Exception{"EUC_JIS_2004", 0xA1EF, 0xA1EF, "\xC2\xA5"},
    Exception{"EUC_TW", 0xA7A8, 0xA7A8, ""},
    Exception{"EUC_TW", 0xA7AF, 0xA7AF, ""},
    Exception{"EUC_TW", 0xA7B4, 0xA7B4, ""},
    Exception{"EUC_TW", 0x8EA1A7A8, 0x8EA1A7A8, ""},
    Exception{"EUC_TW", 0x8EA1A7AF, 0x8EA1A7AF, ""},
    Exception{"EUC_TW", 0x8EA1A7B4, 0x8EA1A7B4, ""},
    Exception{"EUC_TW", 0x8EA3A1A1, 0x8EB0FEFE, ""},
};

std::string character_of(std::string_view encoding, Converter const& converter, std::string const& bytes) {
  auto const number = number_of(bytes);
  for (auto const& row : exceptions)
    if (row.encoding == encoding && row.first <= number && number <= row.last) return std::string(row.character);
  auto character = converter.convert(bytes);
  return !character || character->empty() || is_for_private_use(*character) ? std::string() : *std::move(character);
}

}  // namespace

struct ServerEncoding::Row {
  std::string_view name;
  char const* of_glibc;
  Form form = Form::one_byte;
};

// PostgreSQL 15, 24.3.1. glibc's euc-jp lacks what Windows has, and PostgreSQL has that.
ServerEncoding::Row const ServerEncoding::rows[] = {
    {"EUC_CN", "EUC-CN", Form::korean_or_chinese},
    {"EUC_JP", "EUC-JP-MS", Form::japanese},
    {"EUC_JIS_2004", "EUC-JISX0213", Form::japanese},
    {"EUC_KR", "EUC-KR", Form::korean_or_chinese},
    {"EUC_TW", "EUC-TW", Form::taiwanese},
    {"ISO_8859_5", "ISO-8859-5"},
    {"ISO_8859_6", "ISO-8859-6"},
    {"ISO_8859_7", "ISO-8859-7"},
    {"ISO_8859_8", "ISO-8859-8"},
    {"KOI8R", "KOI8-R"},
    {"KOI8U", "KOI8-U"},
    {"LATIN2", "ISO-8859-2"},
    {"LATIN3", "ISO-8859-3"},
    {"LATIN4", "ISO-8859-4"},
    {"LATIN5", "ISO-8859-9"},
    {"LATIN6", "ISO-8859-10"},
    {"LATIN7", "ISO-8859-13"},
    {"LATIN8", "ISO-8859-14"},
    {"LATIN9", "ISO-8859-15"},
    {"LATIN10", "ISO-8859-16"},
    {"WIN866", "CP866"},
    {"WIN874", "CP874"},
    {"WIN1250", "CP1250"},
    {"WIN1251", "CP1251"},
    {"WIN1252", "CP1252"},
    {"WIN1253", "CP1253"},
    {"WIN1254", "CP1254"},
    {"WIN1255", "CP1255"},
    {"WIN1256", "CP1256"},
    {"WIN1257", "CP1257"},
    {"WIN1258", "CP1258"},
};

ServerEncoding::ServerEncoding(Row const& row)
    : after_8e_(row.form == Form::one_byte    ? 1
                : row.form == Form::taiwanese ? 4
                                              : 2),
      after_8f_(row.form == Form::one_byte            ? 1
                : row.form == Form::korean_or_chinese ? 2
                                                      : 3),
      of_others_(row.form == Form::one_byte ? 1 : 2) {
  Converter const converter(row.of_glibc);
  if (!converter.is_there()) return;  // its module is not installed: then all is replaced
  std::uint32_t first = 0, last = 0;  // of a range that has begun, if any
  auto const end_range = [&] {
    if (first != 0) without_equivalent_ += fmt::format("\\U{:08x}-\\U{:08x}", first, last);
    first = 0;
  };
  for (auto const& bytes : characters_of(row.form)) {
    auto character = character_of(row.name, converter, bytes);
    constexpr std::size_t longest_in_expressions = 3;
    if (!character.empty() || bytes.size() > longest_in_expressions) {
      end_range();
      if (!character.empty()) characters_.emplace(number_of(bytes), std::move(character));
      continue;
    }
    last = number_of(bytes);
    if (first == 0) first = last;
  }
  end_range();
  if (!without_equivalent_.empty()) without_equivalent_ = '[' + without_equivalent_ + ']';
}

ServerEncoding const* ServerEncoding::find(std::string_view name) {
  auto const* const row = std::ranges::find(rows, name, &Row::name);
  if (row == std::end(rows)) return nullptr;
  static std::mutex mutex;
  static std::map<std::string_view, std::unique_ptr<ServerEncoding const>> made;
  std::lock_guard const lock(mutex);
  auto& encoding = made[row->name];
  if (!encoding) encoding.reset(new ServerEncoding(*row));
  return encoding.get();
}

std::size_t ServerEncoding::length_of(unsigned char lead) const {
  return lead < 0x80 ? 1 : lead == 0x8E ? after_8e_ : lead == 0x8F ? after_8f_ : of_others_;
}

std::string ServerEncoding::decode(std::string_view text) const {
  std::string decoded;
  decoded.reserve(text.size() + text.size() / 2);
  while (!text.empty()) {
    auto const bytes = text.substr(0, length_of(static_cast<unsigned char>(text.front())));
    text.remove_prefix(bytes.size());
    if (number_of(bytes) < 0x80) {
      decoded += bytes;
      continue;
    }
    auto const found = characters_.find(number_of(bytes));
    decoded += found == characters_.end() ? replacement : std::string_view(found->second);
  }
  return decoded;
}

bool sends_utf8(std::string_view encoding) { return encoding == "UTF8" || encoding == "LATIN1"; }

}  // namespace restapi::sql
