// SPDX-License-Identifier: MIT
/// Any body is a query whose statement binds as many values as it names and is as wide as it says, or an error that
/// says where: for both generations and databases.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_value.hpp"
#include "fuzz/checks.hpp"
#include "query/builder/read.hpp"
#include "sql/builder/compile.hpp"
#include "support/schemas.hpp"

namespace {

using namespace restapi;

using fuzz::check;
using fuzz::require;

void check(Error const& error) { require(!error.message.empty() && error.code != Code::internal); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const body = read_json(text, query::builder::max_depth);
  if (!body) {
    check(body.error());
    return 0;
  }
  for (auto const* const schema : {"postgresql_gen2", "sqlite_gen1"})
    for (bool const is_private : {false, true}) {
      auto const plan = query::builder::read_query(*body, test::catalog_of(schema), {.private_filters = is_private});
      if (!plan) {
        check(plan.error());
        continue;
      }
      check(sql::builder::compile_query(*plan, 100, sql::sqlite()));
      check(sql::builder::compile_query(*plan, 100, sql::postgresql()));
    }
  return 0;
}
