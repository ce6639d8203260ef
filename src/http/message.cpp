// SPDX-License-Identifier: MIT
#include "http/message.hpp"

#include <algorithm>
#include <string>

#include "base/ascii.hpp"

namespace restapi::http {
namespace {

struct Reason {
  int status;
  std::string_view phrase;
};

// RFC 9110 §15, and RFC 6585 for 428, 429 and 431. Sorted by status.
constexpr Reason reasons[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};
static_assert(std::is_sorted(std::begin(reasons), std::end(reasons),
                             [](Reason const& a, Reason const& b) { return a.status < b.status; }));

}  // namespace

bool is_same_name(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, ascii_lower, ascii_lower);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::optional<std::string_view> find_header(std::vector<Header> const& headers, std::string_view name) {
  auto const found =
      std::ranges::find_if(headers, [name](Header const& header) { return is_same_name(header.first, name); });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

std::string_view find_list(std::vector<Header> const& headers, std::string_view name, std::string& room) {
  std::string_view list;
  for (auto const& [one, value] : headers) {
    if (!is_same_name(one, name)) continue;
    if (list.empty()) {
      list = value;
      continue;
    }
    room = std::string(list).append(", ").append(value);
    list = room;
  }
  return list;
}

bool is_repeated(std::vector<Header> const& headers, std::string_view name) {
  return std::ranges::count_if(headers, [name](Header const& one) { return is_same_name(one.first, name); }) > 1;
}

std::string_view reason_phrase(int status) {
  auto const found = std::lower_bound(std::begin(reasons), std::end(reasons), status,
                                      [](Reason const& reason, int wanted) { return reason.status < wanted; });
  return found != std::end(reasons) && found->status == status ? found->phrase : "Unknown";
}

SharedResponse::Finished::Finished(Response what) : response(std::move(what)) {
  auto const phrase = reason_phrase(response.status);
  head.reserve(sizeof "HTTP/1.1 200 \r\n" + phrase.size() + response.headers.text().size());
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(phrase).append("\r\n");
  head += response.headers.text();
}

std::size_t SharedResponse::held_bytes() const {
  return allocated(sizeof(Finished) + control_block) + restapi::held_bytes(finished_->head) +
         restapi::held_bytes(finished_->response.headers.text()) + finished_->response.body.held_bytes();
}

}  // namespace restapi::http
