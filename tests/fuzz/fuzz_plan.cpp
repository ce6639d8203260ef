// SPDX-License-Identifier: MIT
/// Any query is a plan whose statements are as wide as they say and bind as many values as they name, or an error whose
/// offset lies in the text: of lists, graphs, facets and single objects, in both generations and databases.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/checks.hpp"
#include "sql/compile.hpp"
#include "sql/graph.hpp"
#include "support/requests.hpp"

namespace {

using namespace restapi;

using fuzz::check;
using fuzz::require;

void check(Error const& error, std::size_t size) {
  require(!error.message.empty() && error.code != Code::internal);
  require(!error.offset || *error.offset <= size);
}

void try_all(query::Planner const& planner, query::Clauses const& clauses, sql::Dialect const& dialect,
             std::size_t size) {
  for (auto const& view : planner.vocabulary.views) {
    auto const list = planner.list(view, clauses, {});
    if (list)
      check(compile_list(*list, {}, dialect));
    else
      check(list.error(), size);
    auto const facets = planner.facets(view, clauses);
    if (facets)
      check(compile_facets(*facets, dialect));
    else
      check(facets.error(), size);
  }
  auto const& nodes = planner.vocabulary.nodes();
  auto const graph = planner.graph(nodes, "338357f4", clauses);
  if (graph)
    check(compile_graph(*graph, dialect));
  else
    check(graph.error(), size);
  auto const object = planner.object(nodes, "338357f4", clauses);
  if (object)
    check(compile_object(*object, dialect));
  else
    check(object.error(), size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const query = grammar::parse(text);
  if (!query) return 0;  // fuzz_grammar
  auto const clauses = query::sort_out(*query, api::v2::vocabulary());
  if (!clauses) {
    check(clauses.error(), size);
    return 0;
  }
  for (auto const* const schema : {"postgresql_gen2", "sqlite_gen1"})
    try_all(test::planner({}, schema), *clauses,
            std::string_view(schema).starts_with("sqlite") ? sql::sqlite() : sql::postgresql(), size);
  return 0;
}
