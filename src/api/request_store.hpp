// SPDX-License-Identifier: MIT
/// The store as one request sees it: records the statements and their times, and stops reading when the client leaves.
/// Time in statements does not count as time to write the answer.
#pragma once

#include <stop_token>

#include "base/answer_limits.hpp"
#include "http/reply.hpp"
#include "store/lazy_store.hpp"

namespace restapi::api {

/// One thread. What is opened and the trace must outlive it.
class RequestStore final : public store::Reader {
 public:
  RequestStore(store::OpenedStore const& opened, http::Trace& trace, std::stop_token gone, AnswerLimits& limits)
      : opened_(opened), store_(*opened.store), trace_(trace), gone_(std::move(gone)), limits_(limits) {}

  Result<store::Rows> read(sql::Statement const& statement, std::stop_token = {}) override {
    auto const begin = std::chrono::steady_clock::now();
    auto rows = store_.read(statement, gone_);
    auto const took = std::chrono::steady_clock::now() - begin;
    trace_.statements.push_back({statement.name(), took});
    limits_.waited(took);
    if (!rows && !gone_.stop_requested()) trace_.store_error = rows.error().code;
    return rows;
  }

  Result<std::optional<store::Version>> version() override {
    auto const begin = std::chrono::steady_clock::now();
    auto version = opened_.version();
    if (!store_.asks_for_version()) return version;
    auto const took = std::chrono::steady_clock::now() - begin;
    trace_.statements.push_back({"version", took});
    limits_.waited(took);
    return version;
  }

  sql::Dialect const& dialect() const override { return store_.dialect(); }
  bool has_versions() const override { return store_.has_versions(); }

 private:
  store::OpenedStore const& opened_;
  store::Store& store_;
  http::Trace& trace_;
  std::stop_token gone_;
  AnswerLimits& limits_;
};

}  // namespace restapi::api
