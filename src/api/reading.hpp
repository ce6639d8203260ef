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
    Representation representation;
    http::Target target;
    http::PublicAddress address;
    ApiVersion const& api;
    std::unique_ptr<PendingRead> pending;
    bool wants_exact_total = false;
    std::size_t mount = 0;  ///< Mount::length
  };

  /// `opened`: what the plan was made for. It is held from run() on: the requests that wait for a profile keep it from
  /// giving its place to another one no longer than those that are under way.
  Reading(Service& service, http::Request const& request, Opened const& opened, Plan plan, http::Trace trace);

  /// The answer is put into the cache under this version of the data. `flight`: may be null.
  void cache_as(store::Version version, std::string key, std::shared_ptr<SingleFlight<KeyedHash>::Flight> flight);

  /// Those who have joined get the same answer.
  void share_with(std::shared_ptr<JointReadings::Joint> joint) { joint_ = std::move(joint); }

  http::Reply run() override;
  void const* owner() const override { return service_.owner_of_work(); }
  void const* pipeline() const override { return is_pipelined_ ? pipeline_ : nullptr; }
  std::size_t begin(std::span<http::Work* const> all) override;

 private:
  using Clock = std::chrono::steady_clock;

  void take(store::Rows rows, Clock::time_point begin, Clock::time_point end);
  http::SharedResponse read();
  http::Reply guarded(http::Reply (Reading::*make)());
  http::Reply stream();
  http::Reply file();
  http::SharedResponse cached(http::Response response);
  Sent as_sent() const;
  Result<Answer> answer(AnswerLimits& limits);
  Result<Answer> read_rows(AnswerLimits& limits);
  Result<Answer> read_anew(Error error, AnswerLimits& limits);
  Result<Answer> read_from(Opened opened, Error error, AnswerLimits& limits);

  Service& service_;
  std::weak_ptr<store::OpenedStore const> const planned_for_;
  void const* const pipeline_;  // stands for that
  Opened opened_;               // null as long as this is queued
  Plan plan_;
  std::string const method_;
  net::Body const body_;
  std::string const sent_id_;
  std::string const sent_target_;
  std::size_t const mount_;
  std::string const if_none_match_;
  http::Request const asked_;  // where a file is asked for: what says which part of it
  std::stop_token const gone_;
  std::optional<Result<store::Rows>> rows_;  // of the first statement
  bool is_pipelined_;
  http::Trace trace_;
  Clock::time_point waiting_since_ = Clock::now();
  std::optional<store::Version> version_;
  std::string key_;
  std::shared_ptr<SingleFlight<KeyedHash>::Flight> flight_;
  std::shared_ptr<JointReadings::Joint> joint_;  // may be null
};

}  // namespace restapi::api
