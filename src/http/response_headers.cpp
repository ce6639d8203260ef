// SPDX-License-Identifier: MIT
#include "http/response_headers.hpp"

#include <cstddef>

#include "http/message.hpp"

namespace restapi::http {
namespace {

constexpr std::string_view separator = ": ";
constexpr std::string_view line_end = "\r\n";

// What the answers of this service need, so that most are written without moving.
constexpr std::size_t usual_size = 768;

void append_one_line(std::string& text, std::string_view part) {
  auto const begin = text.size();
  text += part;
  for (auto i = begin; i < text.size(); ++i) {
    if (text[i] == '\r' || text[i] == '\n' || text[i] == '\0') text[i] = ' ';
  }
}

}  // namespace

ResponseHeaders::ResponseHeaders(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  for (auto const& [name, value] : fields) add(name, value);
}

void ResponseHeaders::add(std::string_view name, std::string_view value) {
  if (text_.empty()) text_.reserve(usual_size);
  append_one_line(text_, name);
  text_ += separator;
  append_one_line(text_, value);
  text_ += line_end;
}

std::optional<std::string_view> find_header(ResponseHeaders const& headers, std::string_view name) {
  std::string_view rest = headers.text();
  while (!rest.empty()) {
    auto const line = rest.substr(0, rest.find(line_end));
    rest.remove_prefix(line.size() + line_end.size());
    auto const name_end = line.find(separator);
    if (is_same_name(line.substr(0, name_end), name)) return line.substr(name_end + separator.size());
  }
  return std::nullopt;
}

}  // namespace restapi::http
