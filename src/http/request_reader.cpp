// SPDX-License-Identifier: MIT
#include "http/request_reader.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <string>
#include <utility>

namespace restapi::http {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::iequals;
using boost::beast::string_view;

// A name, a value, ": " and the line's end: what a header costs on the wire.
constexpr std::size_t separators_per_header = 4;

// More lines than any client sends; each costs far more memory than the bytes it arrived in.
constexpr std::size_t max_header_count = 256;

// "0 CR LF CR LF": no chunked body ends with less, wherever in it we are.
constexpr std::size_t least_chunked_rest = 5;

// Method, blanks and version of the first line.
constexpr std::size_t first_line_slack = 64;

/// RFC 9112 §3.2. What a method like CONNECT asks for in a form of its own is refused for the method.
bool is_target(std::string_view target, std::string_view method) {
  return target.starts_with('/') || target.find("://") < target.find('?') || method == "CONNECT" ||
         (target == "*" && method == "OPTIONS");
}

Error malformed(std::string why) { return {Code::malformed_request, "malformed HTTP request: " + std::move(why)}; }

}  // namespace

class RequestReader::Parser final : public http::basic_parser<true> {
 public:
  explicit Parser(HttpLimits const& limits) : limits_(limits) {
    header_limit(static_cast<std::uint32_t>(hard_limit()));
    body_limit(boost::none);  // it depends on the head, see there
  }

  std::size_t read(std::string_view bytes);

  // No piece that has to be kept until more arrives (first line, headers, a chunk's head) is longer.
  std::size_t hard_limit() const { return limits_.max_target + limits_.max_headers + first_line_slack; }

  Request request;
  std::optional<Error> refusal;
  bool is_http_1_0 = false;
  bool expects_continue = false;

 private:
  void refuse(Error error, error_code& ec) {
    refusal = std::move(error);
    ec = http::error::bad_value;
  }
  Error explain(error_code const& ec, std::string_view rest) const;
  Error too_large_body() const;
  std::size_t keep(string_view piece, error_code& ec);

  void on_request_impl(http::verb, string_view method, string_view target, int version, error_code& ec) override;
  void on_field_impl(http::field field, string_view name, string_view value, error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  std::size_t on_body_impl(string_view body, error_code& ec) override { return keep(body, ec); }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) override { return keep(body, ec); }
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  void on_finish_impl(error_code&) override;
  void on_response_impl(int, string_view, int, error_code&) override {}

  HttpLimits limits_;
  std::size_t header_bytes_ = 0;
  std::size_t header_count_ = 0;
  unsigned hosts_ = 0;
  bool in_trailer_ = false;
  std::size_t max_body_ = 0;  // known with the head
  bool keeps_body_ = false;
  std::string body_;
  MemoryShare memory_;
};

std::size_t RequestReader::Parser::read(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && !is_done()) {
    // Beast 1.81 asserts that much when "0 CR LF" arrives alone and is presented again with one byte more, which would
    // let any client end a server built with assertions.
    if (is_header_done() && chunked() && bytes.size() - used < least_chunked_rest) break;
    error_code ec;
    used += put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), ec);
    if (ec == http::error::need_more) {
      if (bytes.size() - used > hard_limit()) refusal = malformed("the head of a chunk is too long");
      break;
    }
    if (ec) {
      if (!refusal) refusal = explain(ec, bytes.substr(used));
      break;
    }
  }
  return used;
}

Error RequestReader::Parser::explain(error_code const& ec, std::string_view rest) const {
  if (ec == http::error::body_limit) return too_large_body();
  if (ec == http::error::header_limit) {
    // Which of the two was too large: the first line is read only once its end has arrived.
    if (request.method.empty() && std::min(rest.find("\r\n"), rest.size()) > limits_.max_target) {
      return {Code::target_too_long,
              "the request target is longer than " + std::to_string(limits_.max_target) + " bytes"};
    }
    return {Code::headers_too_large,
            "the headers of the request are larger than " + std::to_string(limits_.max_headers) + " bytes"};
  }
  return malformed(ec.message());
}

Error RequestReader::Parser::too_large_body() const {
  return {Code::body_too_large, "the body of the request is larger than " + std::to_string(max_body_) + " bytes"};
}

void RequestReader::Parser::on_request_impl(http::verb, string_view method, string_view target, int version,
                                            error_code& ec) {
  request.method.assign(method.data(), method.size());
  is_http_1_0 = version == 10;
  if (target.size() > limits_.max_target) {
    return refuse(
        {Code::target_too_long, "the request target is longer than " + std::to_string(limits_.max_target) + " bytes"},
        ec);
  }
  if (!is_target({target.data(), target.size()}, {method.data(), method.size()}))
    return refuse(malformed("the target begins with / or http://"), ec);
  request.target.assign(target.data(), target.size());
}

void RequestReader::Parser::on_field_impl(http::field field, string_view name, string_view value, error_code& ec) {
  header_bytes_ += name.size() + value.size() + separators_per_header;
  if (header_bytes_ > limits_.max_headers || ++header_count_ > max_header_count) {
    return refuse(
        {Code::headers_too_large, "the headers of the request are larger than " + std::to_string(limits_.max_headers) +
                                      " bytes or more than " + std::to_string(max_header_count)},
        ec);
  }
  if (in_trailer_) return;  // RFC 9110 §6.5.1: a trailer must not be mistaken for a header
  switch (field) {
    case http::field::host:
      ++hosts_;
      break;
    case http::field::expect:
      expects_continue = iequals(value, "100-continue");
      break;
    case http::field::transfer_encoding:
      // RFC 9112 §6.1: other codings, and any at all in HTTP/1.0, are how two servers are made to disagree
      // about where a message ends.
      if (!iequals(value, "chunked")) return refuse(malformed("only the transfer coding chunked is known"), ec);
      if (is_http_1_0) return refuse(malformed("HTTP/1.0 has no transfer codings"), ec);
      break;
    default:
      break;
  }
  request.headers.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
}

void RequestReader::Parser::on_header_impl(error_code& ec) {
  in_trailer_ = true;
  if (hosts_ > 1) return refuse(malformed("more than one Host header"), ec);
  if (hosts_ == 0 && !is_http_1_0) return refuse(malformed("no Host header"), ec);
  bool const has_body = chunked() || content_length().value_or(0) > 0;
  auto const kept = has_body && limits_.kept_bodies ? limits_.kept_bodies->limit(request) : 0;
  keeps_body_ = kept > 0;
  max_body_ = keeps_body_ ? kept : limits_.max_body;
  // Beast has looked at a length before, and looks at the chunks from here on.
  if (content_length().value_or(0) > max_body_) return refuse(too_large_body(), ec);
  body_limit(max_body_);
  if (keeps_body_) memory_ = MemoryShare(limits_.kept_bodies->memory, KeptBodies::uncounted);
}

/// Room is taken as bytes come, whatever the head announces, and doubled: each byte is moved a few times at most.
std::size_t RequestReader::Parser::keep(string_view piece, error_code& ec) {
  if (!keeps_body_) return piece.size();
  auto const needed = body_.size() + piece.size();
  if (auto const before = body_.capacity(); needed > before) {
    auto const first = std::min<std::uint64_t>(content_length().value_or(KeptBodies::uncounted), KeptBodies::uncounted);
    auto const room = std::max({needed, 2 * before, static_cast<std::size_t>(first)});
    if (!memory_.take(room - before)) {
      refuse({Code::overloaded, "the bodies of too many requests are on their way", "try again soon"}, ec);
      return 0;
    }
    body_.reserve(room);
  }
  body_.append(piece.data(), piece.size());
  return piece.size();
}

void RequestReader::Parser::on_finish_impl(error_code&) {
  if (body_.empty()) return;
  auto const held = memory_.used();
  request.body = std::move(body_);
  memory_.give_back(held - std::min(held, request.body.size()));
  request.body.keep(std::move(memory_));
}

RequestReader::RequestReader(HttpLimits const& limits) : parser_(std::make_unique<Parser>(limits)) {}
RequestReader::~RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;
RequestReader& RequestReader::operator=(RequestReader&&) noexcept = default;

std::size_t RequestReader::read(std::string_view bytes) { return parser_->read(bytes); }
bool RequestReader::is_complete() const { return !parser_->refusal && parser_->is_done(); }
std::optional<Error> const& RequestReader::refusal() const { return parser_->refusal; }
bool RequestReader::awaits_continue() const {
  return parser_->expects_continue && !parser_->is_http_1_0 && parser_->is_header_done() && !parser_->is_done();
}
Request const& RequestReader::request() const { return parser_->request; }
Request RequestReader::take_request() { return std::move(parser_->request); }
bool RequestReader::is_http_1_0() const { return parser_->is_http_1_0; }
bool RequestReader::keeps_alive() const { return parser_->keep_alive(); }

}  // namespace restapi::http
