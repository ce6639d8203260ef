// SPDX-License-Identifier: MIT
/// What crosses the border between the HTTP server and what it serves: a request without a socket, a response without
/// a socket. Plain values; anyone may make one (tests do).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "http/response_headers.hpp"
#include "net/body.hpp"

namespace restapi::http {

using Header = std::pair<std::string, std::string>;  ///< of a request: name, value

struct Request {
  std::string method;           ///< as sent: "GET"
  std::string target;           ///< as sent, byte for byte: "/api/v2/nodes?id>45"
  std::vector<Header> headers;  ///< in the order sent, names as sent
  std::string peer_address;     ///< numeric address of the other end, "127.0.0.1"; empty in process
  std::string id = {};          ///< X-Request-Id of the answer, the same in every log; empty in process
  std::chrono::steady_clock::time_point arrived = {};  ///< when it was complete
  std::uint64_t client = 0;   ///< a digest of the client's network, the same for all its requests; 0 in process
  std::stop_token gone = {};  ///< stop is requested when the client has left
  net::Body body = {};        ///< decoded; empty where the application keeps none
};

/// Whether these are the same name of a header (ASCII case ignored, RFC 9110 §5.1).
bool is_same_name(std::string_view one, std::string_view other);

/// Without blanks and tabs at its ends (RFC 9110 §5.6.3).
std::string_view trimmed(std::string_view text);

/// Value of the first header of that name, or nothing.
std::optional<std::string_view> find_header(std::vector<Header> const& headers, std::string_view name);

/// The members of all headers of that name, which are one list (RFC 9110 §5.3). `room`: for several; what is returned
/// may be a view of it. Empty: there is none.
std::string_view find_list(std::vector<Header> const& headers, std::string_view name, std::string& room);

/// Whether there is more than one header of that name: whoever is in front may have looked at another one.
bool is_repeated(std::vector<Header> const& headers, std::string_view name);

struct Response {
  int status = 200;
  ResponseHeaders headers = {};  ///< without Content-Length, Connection and Date: the server's business
  net::Body body = {};           ///< what is sent of it, also for HEAD: the server leaves it out and keeps its length
};

/// A response that is finished and only read from here on: a cached one goes to many clients without being copied,
/// and its head is written once.
class SharedResponse {
 public:
  SharedResponse(Response response) : finished_(std::make_shared<Finished const>(std::move(response))) {}

  Response const& operator*() const { return finished_->response; }
  Response const* operator->() const { return &finished_->response; }

  /// The status line and the header fields as they are sent, each with its line end.
  std::string const& head() const { return finished_->head; }

  /// What it takes of memory, the body included.
  std::size_t held_bytes() const;

 private:
  struct Finished {
    explicit Finished(Response what);
    Response response;
    std::string head;
  };
  std::shared_ptr<Finished const> finished_;  // never null
};

/// "Not Found" for 404: reason phrases of RFC 9110 for every status this service uses.
std::string_view reason_phrase(int status);

}  // namespace restapi::http
