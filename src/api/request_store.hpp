// SPDX-License-Identifier: MIT
/// The store as one request sees it: records the statements and their times, and stops reading when the client leaves.
/// Time in statements does not count as time to write the answer.
#pragma once

#include <stop_token>

#include "base/answer_limits.hpp"
#include "http/reply.hpp"
#include "store/store.hpp"

namespace restapi::api {

/// One thread. The store and the trace must outlive it.
class RequestStore final : public store::Reader {
 public:
  RequestStore(store::Reader& store, http::Trace& trace, std::stop_token gone, AnswerLimits& limits)
      : store_(store), trace_(trace), gone_(std::move(gone)), limits_(limits) {}

  Result<store::Rows> read(sql::Statement const& statement, std::stop_token = {}) override {
    auto const begin = std::chrono::steady_clock::now();
    auto rows = store_.read(statement, gone_);
    auto const took = std::chrono::steady_clock::now() - begin;
    trace_.statements.push_back({statement.name(), took});
    limits_.waited(took);
    if (!rows && !gone_.stop_requested()) trace_.store_error = rows.error().code;
    return rows;
  }

  sql::Dialect const& dialect() const override { return store_.dialect(); }
  bool has_versions() const override { return store_.has_versions(); }

 private:
  store::Reader& store_;
  http::Trace& trace_;
  std::stop_token gone_;
  AnswerLimits& limits_;
};

}  // namespace restapi::api
