// SPDX-License-Identifier: MIT
/// Any bytes are a query that survives printing, or a syntax error whose offset lies in the text.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/require.hpp"
#include "grammar/parse.hpp"
#include "grammar/print.hpp"
#include "support/same_query.hpp"

using restapi::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace restapi;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  Result<ast::Query> const query = grammar::parse(text);
  if (query) {
    Result<ast::Query> const again = grammar::parse(grammar::print(*query));
    require(again && test::same_query(*query, *again));
  } else {
    Error const& error = query.error();
    require(error.code == Code::syntax && error.offset && *error.offset <= size);
    require(!error.message.empty() && !error.hint.empty());
  }
  return 0;
}
