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

#include "api/access/access_policy.hpp"
#include "api/answer.hpp"
#include "api/cache/answer_memory.hpp"
#include "api/cache/totals.hpp"
#include "api/door.hpp"
#include "api/representation.hpp"
#include "api/versions.hpp"
#include "base/error.hpp"
#include "base/line_limit.hpp"
#include "http/address_range.hpp"
#include "http/application.hpp"
#include "http/public_address.hpp"
#include "http/target.hpp"
#include "query/policy.hpp"
#include "store/lazy_store.hpp"

namespace restapi::api {

struct ServiceOptions {
  std::span<ApiVersion const* const> versions = api::versions();  ///< at least one; the first speaks for none
  query::Policy policy = {};
  AccessOptions access = {};                             ///< who may read
  std::vector<http::AddressRange> trusted_proxies = {};  ///< peers whose X-Forwarded-… headers are believed
  std::string host = "localhost:5000";                   ///< in URLs, where a request names no host
  std::shared_ptr<AnswerMemory> memory = {};             ///< may be shared by services; null: nothing is cached
  std::chrono::milliseconds writing_timeout{30'000};     ///< of an answer, without what the database takes; beyond: 504
  AgedTotals::Clock::duration total_age{};               ///< totals may be as old where counting takes long
  bool shares_workers = false;                           ///< with other services: its work never takes all of them
  std::vector<std::shared_ptr<Door>> doors = {};         ///< beside the versions
};

/// Where the addresses of a profile begin: what stands before "/api/v2".
struct Mount {
  std::size_t length = 0;        ///< bytes of the target before the path within the profile
  std::string_view prefix = {};  ///< in URLs: "/main"; empty, or a slash and percent-encoded text
};

/// Any thread may call, many at once. The store must outlive the service. It is opened when a request needs it.
class Service final : public http::Application {
 public:
  Service(store::LazyStore& store, ServiceOptions options);

  http::Attempt attempt(http::Request const& request, http::Batch& batch, bool may_wait) override {
    return attempt(request, Mount{}, batch, may_wait);
  }
  http::Reply refuse(Error const& error) override;
  std::size_t body_limit(http::Request const& head) const override { return body_limit(head, Mount{}); }

  /// The views of `mount` live as long as the service.
  http::Attempt attempt(http::Request const& request, Mount mount, http::Batch& batch, bool may_wait);

  std::size_t body_limit(http::Request const& head, Mount mount) const;

  /// Whether the target, within the profile, leads to a door.
  bool has_door(std::string_view target) const;

  /// Answers who waits for something to happen. Before the server stops.
  void stop_doors() const;

  std::string const& name() const { return store_.name(); }

  /// Whether it can be read at once; else a request opens it first.
  bool is_open() const { return store_.look() != nullptr; }

  /// Where there is no memory for any other answer: 503.
  http::SharedResponse const& without_memory() const { return without_memory_; }

  /// Why nobody can read it before it is mended, in words for everybody; nothing where that is not known.
  std::optional<std::string> broken() const {
    auto broken = store_.broken();
    return broken ? std::optional(std::move(broken->to_all)) : std::nullopt;
  }

  /// Why the request may not read the profile; nothing: it may (AccessPolicy::admit()).
  std::optional<Error> admit(http::Request const& request) const { return access_.admit(request); }

  bool needs_token() const { return access_.needs_token(); }

 private:
  class Attempting;
  class Opening;
  class Reading;
  using Opened = std::shared_ptr<store::OpenedStore const>;

  /// What an error needs of its request: for the log its X-Request-Id and its target, both as sent; for the client the
  /// format and the address of the profile, which are both null where nobody knows them.
  struct Sent {
    std::string_view id;
    std::string_view target;
    Format const* format = nullptr;
    std::size_t mount = 0;  ///< Mount::length
    http::PublicAddress const* address = nullptr;
  };

  /// For the requests of a batch.
  struct Findings {
    Opened opened = {};  ///< stays open for them
    std::optional<Error> not_opened = {};
    std::optional<std::optional<store::Version>> version = {};
  };

  http::PublicAddress address_of(http::Request const& request, Mount mount) const;
  Door* find_door(std::string_view target, Mount mount) const;
  http::Attempt attempt_door(Door& door, http::Request const& request, Mount mount);
  http::Attempt open_first(http::Request const& request, Mount mount, bool may_wait);
  http::SharedResponse failed(char const* what, Sent sent, std::string_view origin);
  std::optional<store::Version> const& version(Findings& findings, http::Trace& trace);
  http::Response respond(ApiVersion const& api, Format const& format, Result<Answer> const& answer,
                         http::Target const& target, http::PublicAddress const& address, Sent sent,
                         AnswerLimits& limits);
  http::Response report(ApiVersion const& api, Error const& error, std::string_view query, Sent sent);
  void log(Error const& error, int status, Sent sent);
  void const* owner_of_work() const { return options_.shares_workers ? this : nullptr; }

  store::LazyStore& store_;
  ServiceOptions const options_;
  AccessPolicy const access_;
  std::shared_ptr<AnswerMemory> const memory_;
  Totals totals_;
  LineLimit outage_lines_{std::chrono::seconds(1)};
  http::SharedResponse const without_memory_;  // made beforehand: then it could not be
};

}  // namespace restapi::api
