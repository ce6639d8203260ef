// SPDX-License-Identifier: MIT
/// Reads one HTTP/1.x request from bytes that arrive in pieces of any size. No socket, no clock.
///
/// Boost.Beast's basic_parser does the reading, because it hands out the target untouched and is strict
/// about line endings, control bytes and lengths. What RFC 9112 asks for beyond it is decided here: which
/// of target and headers was too large, Host (§3.2), and Transfer-Encoding (§6.1, §6.3).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/memory_budget.hpp"
#include "http/message.hpp"

namespace restapi::http {

/// Bodies that are kept. Any thread may call.
struct KeptBodies {
  /// How many bytes of its body a request with this head may have so that all of them are kept; 0: it is dropped.
  std::function<std::size_t(Request const& head)> limit;
  /// Of all bodies together, from their first bytes until nobody has the request any more; beyond: Code::overloaded.
  std::shared_ptr<MemoryBudget> memory;
  /// Of each body. Its head takes more than that.
  static constexpr std::size_t uncounted = std::size_t{16} << 10;
};

/// All in bytes.
struct HttpLimits {
  std::size_t max_target;   ///< beyond: Code::target_too_long
  std::size_t max_headers;  ///< names, values and their separators together; beyond: Code::headers_too_large
  std::size_t max_body;     ///< of a decoded body that is read and dropped; beyond: Code::body_too_large
  KeptBodies const* kept_bodies = nullptr;  ///< null: there are none
};

class RequestReader {
 public:
  explicit RequestReader(HttpLimits const& limits);
  ~RequestReader();
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;

  /// Reads on and returns how many bytes were used. The unused ones belong to the next request if
  /// is_complete(), else present them again with what follows. Requires: neither complete nor refused.
  std::size_t read(std::string_view bytes);

  bool is_complete() const;

  /// Why this cannot become a request; where such a message ends is unknown, so nothing after it is to be read.
  std::optional<Error> const& refusal() const;

  /// The client holds its body back until it is asked for it (Expect: 100-continue, RFC 9110 §10.1.1).
  bool awaits_continue() const;

  /// As far as read; "HEAD" is needed to refuse properly.
  Request const& request() const;

  /// Requires: is_complete(). May be called once.
  Request take_request();

  bool is_http_1_0() const;
  bool keeps_alive() const;  ///< the connection may serve another request, as the client sees it

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace restapi::http
