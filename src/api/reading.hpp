// SPDX-License-Identifier: MIT
/// The second half of a request: its answer is read from the database, written, and put into the response cache.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "api/service.hpp"

namespace restapi::api {

class Service::Reading final : public http::Work {
 public:
  /// What the first half has found out (api/attempt.hpp).
  struct Plan {
    Opened opened;
    Representation representation;
    http::Target target;
    http::PublicAddress address;
    ApiVersion const& api;
    std::unique_ptr<PendingRead> pending;
  };

  Reading(Service& service, http::Request const& request, Plan plan, http::Trace trace);

  /// The answer is put into the cache under this version of the data. `flight`: may be null.
  void cache_as(store::Version version, std::string key, std::shared_ptr<SingleFlight<KeyedHash>::Flight> flight);

  http::Reply run() override;
  void const* owner() const override { return service_.owner_of_work(); }
  void const* pipeline() const override { return is_pipelined_ ? plan_.opened.get() : nullptr; }
  std::size_t begin(std::span<http::Work* const> all) override;

 private:
  using Clock = std::chrono::steady_clock;

  void take(store::Rows rows, Clock::time_point begin, Clock::time_point end);
  http::SharedResponse read();
  http::SharedResponse cached(http::Response response);
  Result<Answer> answer(AnswerLimits& limits);
  Result<Answer> read_rows(AnswerLimits& limits);
  Result<Answer> read_anew(Error error, AnswerLimits& limits);

  Service& service_;
  Plan plan_;
  std::string const method_;
  net::Body const body_;
  std::string const sent_id_;
  std::string const sent_target_;
  std::string const if_none_match_;
  std::stop_token const gone_;
  std::optional<Result<store::Rows>> rows_;  // of the first statement
  bool is_pipelined_;
  http::Trace trace_;
  Clock::time_point waiting_since_ = Clock::now();
  std::optional<store::Version> version_;
  std::string key_;
  std::shared_ptr<SingleFlight<KeyedHash>::Flight> flight_;
};

}  // namespace restapi::api
