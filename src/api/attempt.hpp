// SPDX-License-Identifier: MIT
/// The first half of a request: everything that takes microseconds. Most requests are answered by it; for the others it
/// plans what is to be read.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/service.hpp"

namespace restapi::api {

/// One thread, one call of run().
class Service::Attempting {
 public:
  /// References outlive it.
  Attempting(Service& service, http::Request const& request, Mount mount, http::Batch& batch, bool may_wait);

  http::Attempt run();

 private:
  using Clock = std::chrono::steady_clock;
  using Step = std::optional<http::Attempt>;  // nothing: on to the next

  Step admit();        // the method, the format, the token
  Step open();         // the profile
  Step find_cached();  // the answer
  Step prepare();      // parse and plan
  Step take_off();     // single flight: nobody else is making this answer
  Step join();         // or is about to read it, where it is not cached
  http::Attempt read();

  http::Reply now(http::Response response);
  http::Reply refused(Error const& error, std::string_view query = {});
  bool wants_exact_total() const;
  Sent as_sent() const;
  void end_planning();

  Service& service_;
  http::Request const& request_;
  Mount const mount_;
  bool const may_wait_;
  Findings& findings_;
  Clock::time_point const begin_ = Clock::now();
  http::Trace trace_;
  std::string_view const sent_;  // the target within the profile
  ApiVersion const& api_;
  Representation const representation_;
  std::string_view const if_none_match_;
  http::PublicAddress address_;
  // What the steps find out, in their order.
  std::string key_;  // of the response cache; empty: nothing is cached
  std::optional<http::Target> target_;
  std::unique_ptr<PendingRead> pending_;
  std::optional<store::Version> version_;
  std::shared_ptr<SingleFlight<KeyedHash>::Flight> flight_;
  std::shared_ptr<JointReadings::Joint> joint_;
};

}  // namespace restapi::api
