// SPDX-License-Identifier: MIT
/// The whole service of one profile without a socket: a request in, a response out.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/access_policy.hpp"
#include "api/address_range.hpp"
#include "api/answer.hpp"
#include "api/application.hpp"
#include "api/line_limit.hpp"
#include "api/memory.hpp"
#include "api/public_address.hpp"
#include "api/representation.hpp"
#include "api/target.hpp"
#include "api/totals.hpp"
#include "api/versions.hpp"
#include "base/error.hpp"
#include "query/policy.hpp"
#include "store/lazy_store.hpp"

namespace restapi::api {

struct ServiceOptions {
  std::span<ApiVersion const* const> versions = api::versions();  ///< at least one; the first speaks for none
  query::Policy policy = {};
  AccessOptions access = {};                          ///< who may read
  std::vector<AddressRange> trusted_proxies = {};     ///< peers whose X-Forwarded-… headers are believed
  std::string host = "localhost:5000";                ///< in URLs, where a request names no host
  std::shared_ptr<Memory> memory = {};                ///< may be shared by services; null: nothing is remembered
  std::chrono::milliseconds writing_timeout{30'000};  ///< of an answer, without what the database takes; beyond: 504
  bool shares_workers = false;                        ///< with other services: its work never takes all of them
};

/// Where the addresses of a profile begin: what stands before "/api/v2".
struct Mount {
  std::size_t length = 0;        ///< bytes of the target before the path within the profile
  std::string_view prefix = {};  ///< in URLs: "/main"; empty, or a slash and percent-encoded text
};

/// Any thread may call, many at once. The store must outlive the service. It is opened when a request needs it.
class Service final : public Application {
 public:
  Service(store::LazyStore& store, ServiceOptions options);
  Service(store::Store& store, ServiceOptions options);

  Attempt attempt(Request const& request, Batch& batch, bool may_wait) override {
    return attempt(request, Mount{}, batch, may_wait);
  }
  Reply refuse(Error const& error) override;
  std::size_t body_limit(Request const& head) const override { return body_limit(head, Mount{}); }

  /// The views of `mount` live as long as the service.
  Attempt attempt(Request const& request, Mount mount, Batch& batch, bool may_wait);

  std::size_t body_limit(Request const& head, Mount mount) const;

  /// The answer, however long it takes.
  Response answer(Request const& request);

  /// For tests and tools: a request without headers.
  Response answer(std::string_view method, std::string_view target);

  std::string const& name() const { return store_.name(); }

  /// Why the request may not read the profile; nothing: it may (AccessPolicy::admit()).
  std::optional<Error> admit(Request const& request) const { return access_.admit(request); }

 private:
  class Opening;
  class Reading;
  using Opened = std::shared_ptr<store::OpenedStore const>;

  /// What the log says of a request: its X-Request-Id and its target, both as sent.
  struct Sent {
    std::string_view id;
    std::string_view target;
  };

  /// For the requests of a batch.
  struct Findings {
    Opened opened = {};  ///< stays open for them
    std::optional<Error> not_opened = {};
    std::optional<std::optional<store::Version>> version = {};
  };

  /// `own` or `store`.
  Service(std::unique_ptr<store::LazyStore> own, store::LazyStore* store, ServiceOptions options);

  Attempt attempt_read(Request const& request, Mount mount, Batch& batch, bool may_wait);
  Attempt open_first(Request const& request, Mount mount, bool may_wait);
  Response failed(char const* what, Sent sent, std::string_view origin);
  std::optional<store::Version> const& version(Findings& findings, Account& account);
  Response respond(ApiVersion const& api, Result<Answer> const& answer, Target const& target,
                   PublicAddress const& address, Sent sent, AnswerLimits& limits);
  Response report(ApiVersion const& api, Error const& error, std::string_view query, Sent sent);
  void const* owner_of_work() const { return options_.shares_workers ? this : nullptr; }

  std::unique_ptr<store::LazyStore> const own_;  // where a Store was given
  store::LazyStore& store_;
  ServiceOptions const options_;
  AccessPolicy const access_;
  std::shared_ptr<Memory> const memory_;
  Totals totals_;
  LineLimit outage_lines_{std::chrono::seconds(1)};
};

}  // namespace restapi::api
