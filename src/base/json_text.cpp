// SPDX-License-Identifier: MIT
#include "base/json_text.hpp"

#include <array>

#include "base/utf8.hpp"

namespace restapi {
std::size_t plain_json_run(std::string_view text) {
  static constexpr auto is_plain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = byte != '"' && byte != '\\';
    return plain;
  }();
  std::size_t run = 0;
  while (run < text.size() && is_plain[static_cast<unsigned char>(text[run])]) ++run;
  return run;
}

namespace {

template <class Out>
void write_json_string(Out& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    // The longest run that needs no attention is copied at once.
    auto const run = plain_json_run(text);
    out += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    auto const byte = text.front();
    if (auto const length = utf8::first_character(text); length > 1) {
      out += text.substr(0, length);
      text.remove_prefix(length);
      continue;
    }
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(byte) < 0x20)
          out += std::string_view(std::array{'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 0xF]}.data(), 6);
        else
          out += "\xEF\xBF\xBD";
    }
    text.remove_prefix(1);
  }
  out += '"';
}

template <class Out>
void write_indented(Out& out, std::string_view json, std::size_t most, AnswerLimits& limits) {
  std::size_t depth = 0;
  auto const new_line = [&] {
    out += '\n';
    out.append(2 * depth, ' ');
    limits.worked(2 * depth);
  };
  for (std::size_t i = 0; i < json.size() && out.size() <= most; ++i) {
    auto const byte = json[i];
    switch (byte) {
      case '"': {
        auto const begin = i;
        for (++i; json[i] != '"'; ++i)
          if (json[i] == '\\') ++i;
        out += json.substr(begin, i + 1 - begin);
        limits.worked(i - begin);
        break;
      }
      case '{':
      case '[':
        out += byte;
        if (json[i + 1] == (byte == '{' ? '}' : ']')) {
          out += json[++i];
        } else {
          ++depth;
          new_line();
        }
        break;
      case '}':
      case ']':
        --depth;
        new_line();
        out += byte;
        break;
      case ',':
        out += byte;
        new_line();
        break;
      case ':':
        out += std::string_view(": ");
        break;
      default:
        out += byte;
    }
    limits.worked(1);
  }
  out += '\n';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) { write_json_string(out, text); }
void append_json_string(TextSize& out, std::string_view text) { write_json_string(out, text); }

std::string message_json(std::string_view message) {
  std::string json = "{\"message\":";
  append_json_string(json, message);
  return json + '}';
}

std::optional<std::string> indented(std::string_view json, std::size_t most, AnswerLimits& limits) {
  std::string out;
  if (json.size() >= worth_measuring) {
    TextSize size;
    write_indented(size, json, most, limits);
    if (size.size() > most) return std::nullopt;
    limits.take(size.size());
    out.reserve(size.size());
  }
  write_indented(out, json, most, limits);
  if (out.size() > most) return std::nullopt;
  return out;
}

}  // namespace restapi
