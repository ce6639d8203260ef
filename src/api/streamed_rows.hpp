// SPDX-License-Identifier: MIT
/// A list of any length as the body of an answer: read, written and sent batch by batch, so that it takes no more
/// memory than a batch, and the database is read as slowly as the client reads.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>

#include "api/row_writer.hpp"
#include "base/memory_budget.hpp"
#include "http/body_source.hpp"
#include "store/row_stream.hpp"

namespace restapi::api {

/// For writing one batch.
struct BatchLimits {
  std::shared_ptr<MemoryBudget> memory;
  std::chrono::milliseconds time;
  std::stop_token gone;
};

/// `first`: the rows that `rows` has begun with, which are none where there are none.
std::unique_ptr<http::BodySource> streamed_rows(store::Rows first, std::unique_ptr<store::RowStream> rows,
                                                std::unique_ptr<RowWriter> writer, BatchLimits limits);

}  // namespace restapi::api
