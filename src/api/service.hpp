/// The whole service without a socket: a request in, a response out.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/access_policy.hpp"
#include "api/address_range.hpp"
#include "api/answer_cache.hpp"
#include "api/application.hpp"
#include "api/line_limit.hpp"
#include "api/totals.hpp"
#include "base/error.hpp"
#include "query/request.hpp"
#include "store/store.hpp"

namespace restapi::api {

struct ServiceOptions {
  query::Policy policy = {};
  AccessOptions access = {};                       ///< who may read
  std::vector<AddressRange> trusted_proxies = {};  ///< peers whose X-Forwarded-… headers are believed
  std::string host = "localhost:5000";             ///< in URLs, where a request names no host
  std::size_t cache = 0;                           ///< bytes for answers and totals; 0: nothing is remembered
};

/// Any thread may call, many at once. The store must outlive the service.
class Service final : public Application {
 public:
  Service(store::Store& store, ServiceOptions options);

  Attempt attempt(Request const& request, Batch& batch, bool may_wait) override;
  Reply refuse(Error const& error) override;

  /// The answer, however long it takes.
  Response answer(Request const& request);

  /// Bytes that remembered answers take, about.
  std::size_t remembered() const { return answers_.used(); }

  /// For tests and tools: a request without headers.
  Response answer(std::string_view method, std::string_view target);

 private:
  class Reading;
  struct Representation;

  /// What the log says of a request: its X-Request-Id and its target, both as sent.
  struct Sent {
    std::string_view id;
    std::string_view target;
  };

  Attempt attempt_read(Request const& request, Batch& batch, bool may_wait);
  Response failed(char const* what, Sent sent, std::string_view origin);
  std::optional<store::Version> version(Batch& batch, Account& account);
  Response report(Error const& error, std::string_view query, Sent sent);
  Response finish(Response response, Representation const& representation) const;

  store::Store& store_;
  ServiceOptions const options_;
  AccessPolicy const access_;
  AnswerCache answers_;
  Totals totals_;
  LineLimit outage_lines_{std::chrono::seconds(1)};
  std::string const salt_;  ///< tells this process's versions from another's
};

}  // namespace restapi::api
