/// The whole service without a socket: a request in, a response out.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/address_range.hpp"
#include "api/http_message.hpp"
#include "base/error.hpp"
#include "query/request.hpp"
#include "store/store.hpp"

namespace restapi::api {

struct ServiceOptions {
  query::Policy policy = {};
  std::string cors_origin = "*";                   ///< Access-Control-Allow-Origin
  std::vector<AddressRange> trusted_proxies = {};  ///< peers whose X-Forwarded-… headers are believed
  std::string host = "localhost:5000";             ///< in URLs, where a request names no host
};

/// Any thread may call, many at once. The store must outlive the service.
class Service final : public Application {
 public:
  Service(store::Store& store, ServiceOptions options);

  Response answer(Request const& request) override;
  Response refuse(Error const& error) override;

  /// For tests and tools: a request without headers.
  Response answer(std::string_view method, std::string_view target);

 private:
  Response respond(Request const& request);
  Response read(Request const& request);
  Response report(Error const& error, std::string_view query, std::string_view target);
  void add_cors(Response& response) const;
  std::string next_request_id();

  store::Store& store_;
  ServiceOptions const options_;
  std::string const id_prefix_;  ///< tells this process's requests from another's
  std::atomic<std::uint64_t> requests_ = 0;
};

}  // namespace restapi::api
