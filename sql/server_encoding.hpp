// SPDX-License-Identifier: MIT
/// Encodings in which a PostgreSQL server may keep its texts, other than UTF8. All but some have byte sequences without
/// a character of Unicode, and a server refuses to send a text with one of these as UTF-8. So texts come as they are
/// kept, and become UTF-8 here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace restapi::sql {

/// Never changed once it is made. Any thread.
class ServerEncoding {
 public:
  /// By PostgreSQL's name for it: "WIN1252". Null where it is unknown, or where the server sends UTF-8 without fail
  /// (sends_utf8()) or keeps bytes of no encoding (SQL_ASCII). The first time, a table is made (milliseconds).
  static ServerEncoding const* find(std::string_view name);

  /// The text in UTF-8, with U+FFFD for each sequence of bytes that is no character.
  std::string decode(std::string_view text) const;

  /// What has no equivalent in Unicode, as a bracket expression of PostgreSQL's regular expressions, in ASCII:
  /// `[\U00000081-\U00000081\U0000008d-\U0000008d]`. Empty where there is nothing. Without the characters of four bytes
  /// in EUC_TW, which these expressions cannot name.
  std::string const& without_equivalent() const { return without_equivalent_; }

 private:
  struct Row;
  explicit ServerEncoding(Row const& row);

  std::size_t length_of(unsigned char lead) const;

  static Row const rows[];

  std::size_t after_8e_, after_8f_, of_others_;                // bytes of a character that begins with one beyond ASCII
  std::unordered_map<std::uint32_t, std::string> characters_;  // bytes as a number → UTF-8
  std::string without_equivalent_;
};

/// Whether a server that keeps texts in that encoding can send any of them as UTF-8: UTF8 itself, and LATIN1, where
/// each byte is the character of that number.
bool sends_utf8(std::string_view encoding);

}  // namespace restapi::sql
