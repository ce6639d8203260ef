// SPDX-License-Identifier: MIT
/// Golden cases: a request, and the whole answer to it, in a file that a person can read.
///
///   # One of several lines that say what the case is about.
///   @database generation2            (optional; otherwise document)
///   @body {"path": []}               (optional: what is posted)
///   @peer 203.0.113.7                (optional; otherwise 127.0.0.1, a trusted proxy)
///   @private-filters                 (optional: the operator allows filters on email and is_active)
///   GET /api/v2/users/
///   Accept: application/json         (optional headers; Host is localhost:5000 unless written)
///
///   200
///   Content-Type: application/json   (every header, sorted)
///
///   {                                (the body; JSON indented, unless the answer is)
///     "data": …
#pragma once

#include <string>
#include <vector>

#include "http/message.hpp"
#include "support/stores.hpp"

namespace restapi::test {

struct GoldenCase {
  std::string path;  ///< of the file
  std::string head;  ///< the lines before the answer, as they are, with the empty line that ends them
  Fixture fixture = Fixture::document;
  bool private_filters = false;
  http::Request request;
  std::string expected;  ///< what follows the head
};

/// Every *.golden below tests/golden, sorted by path. Throws std::runtime_error for a file that is no case.
std::vector<GoldenCase> golden_cases();

/// The answer as a case writes it. X-Request-Id, which is new each time, and the program's version are written as `…`;
/// ETag, which belongs to the state of a database and is absent without a cache, is left out.
std::string golden_text(http::Response const& response);

/// Whether JSON has white space outside its strings.
bool has_white_space(std::string_view json);

/// UPDATE_GOLDEN=1: the expected answers are to be written, not compared.
bool is_golden_update();

/// Replaces the expected answer in the case's file.
void update(GoldenCase const& golden, std::string const& answer);

}  // namespace restapi::test
