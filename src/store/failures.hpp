// SPDX-License-Identifier: MIT
/// What the failure of a statement means for the client, for the log and for metrics: one row for each Failure.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "store/counts.hpp"
#include "store/driver.hpp"

namespace restapi::store {

/// What a client is told. `source`, `statement`, `why`: for the log alone.
Error error_of(Failure failure, std::string_view source, std::string_view statement, std::string_view why);

/// Where there was no statement to fail: store_unavailable. `lasting`: as in Error; clients are told it, and not to
/// come back.
Error unavailable(std::string_view source, std::string_view why, std::string lasting = {});

/// A line that stands above libpq's words.
inline constexpr std::string_view words_of_soci = "Cannot establish connection to the database.";

/// What libpq or SQLite said, on one line.
std::string reason_of(soci::soci_error const& error);

/// How often each has happened. Any thread.
class FailureCounts {
 public:
  void add(Failure failure);
  void add_to(StatementCounts& counts) const;

 private:
  std::array<std::atomic<std::uint64_t>, number_of_failures> counts_ = {};
};

}  // namespace restapi::store
